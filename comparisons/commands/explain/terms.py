"""Everything that is said in words, in English and in the lecture's Vietnamese, side by side.

Symbols and equations are the same in both; so are names (of backends, activations, scenarios) and
what others wrote: errors of a backend, reasons of a divergence.
"""

from collections.abc import Callable
from typing import NamedTuple

from crossgrad.comparisons.parts.costs import COSTS


class Term(NamedTuple):
    """One term in both languages; {…} is filled in."""

    en: str
    vi: str


#: Says a term in one language.
Say = Callable[..., str]

TERMS = {
    # ---------------------------------------------------------- the network
    "network": Term("the {widths} network", "mạng {widths}"),
    "neuron": Term("a logistic neuron", "nơ-ron logistic"),
    "activations": Term("activation functions", "hàm kích hoạt"),
    "cost": Term("cost function", "hàm mất mát"),
    **{name: Term(cost.text.english, cost.text.vietnamese) for name, cost in COSTS.items()},
    "batch": Term("a batch of {m}", "lô {m} mẫu"),
    "one sample": Term("one sample", "một mẫu"),
    "draw": Term(
        "draw {draw} (of 0 … {last}): {regime}", "lượt sinh {draw} (trong 0 … {last}): {regime}"
    ),
    "ordinary": Term("ordinary numbers", "các số thông thường"),
    "kinks": Term("on the kinks", "ngay tại điểm gãy"),
    "saturated": Term("saturated units", "các nút bão hòa"),
    "large": Term("large numbers", "các số lớn"),
    "tiny": Term("tiny numbers", "các số nhỏ"),
    "zeros": Term("half of them zeros", "một nửa là số 0"),
    "vanishing": Term("vanishing gradients", "gradient triệt tiêu"),
    "subnormal": Term("subnormal numbers", "các số dưới chuẩn"),
    "on kinks": Term("every second unit on a kink", "cứ hai nút thì một nút ở điểm gãy"),
    "tails": Term("units in the tails", "các nút ở đuôi"),
    "targets": Term("targets beyond ±1, or soft", "giá trị đích ngoài ±1, hoặc mềm"),
    "repeated": Term("each sample twice", "mỗi mẫu hai lần"),
    "spread": Term("small and large in one matrix", "số nhỏ và số lớn trong một ma trận"),
    "inputs": Term("large inputs", "đầu vào lớn"),
    "far": Term("outputs far out", "đầu ra rất lớn"),
    "other first weights": Term("draw 0, other W of layer 1", "lượt 0, W khác ở tầng 1"),
    "other last weights": Term("draw 0, other W of the last", "lượt 0, W khác ở tầng cuối"),
    "other biases": Term("draw 0, other biases", "lượt 0, hệ số điều chỉnh khác"),
    "other inputs": Term("draw 0, other inputs", "lượt 0, đầu vào khác"),
    "other targets": Term("draw 0, other targets", "lượt 0, giá trị đích khác"),
    "again": Term("draw 0 once more", "lượt 0 một lần nữa"),
    # ---------------------------------------------------------- the passes
    "given": Term("what everybody is given, to the bit", "dữ liệu chung cho tất cả, đến từng bit"),
    "x": Term("inputs", "đầu vào"),
    "y": Term("targets", "giá trị đích"),
    "W": Term("weights of layer {layer}", "trọng số của tầng {layer}"),
    "b": Term("biases of layer {layer}", "hệ số điều chỉnh của tầng {layer}"),
    "forward": Term("feedforward", "lan truyền tiến"),
    "backward": Term("backpropagation", "lan truyền ngược"),
    "of layer": Term("{what} of {layer}", "{what} của {layer}"),
    "input layer": Term("input layer", "tầng vào"),
    "hidden layer": Term("hidden layer {layer}", "tầng ẩn {layer}"),
    "output layer": Term("output layer {layer}", "tầng ra {layer}"),
    "z": Term("weighted sums", "tổng có trọng số"),
    "a": Term("activations", "giá trị kích hoạt"),
    "C": Term("the cost of the batch", "giá trị hàm mất mát của lô"),
    "BP1": Term("error", "sai số"),
    "BP2": Term("error", "sai số"),
    "BP3": Term(
        "partial derivatives by the biases", "đạo hàm riêng theo hệ số điều chỉnh"
    ),
    "BP4": Term("partial derivatives by the weights", "đạo hàm riêng theo trọng số"),
    "alpha": Term("partial derivatives by the slopes α", "đạo hàm riêng theo các độ dốc α"),
    "over the batch": Term("over the batch", "trên cả lô"),
    "bias node": Term("bias node, fixed at 1", "nút điều chỉnh cố định bằng 1"),
    "chain rule": Term(
        "the chain rule: δ = ∂C/∂z = ∂C/∂a · ∂a/∂z", "quy tắc chuỗi: δ = ∂C/∂z = ∂C/∂a · ∂a/∂z"
    ),
    # ---------------------------------------------------------- the tables
    "ulp": Term("{ulps} ulp", "{ulps} ulp"),
    "ulps": Term("{ulps} ulps", "{ulps} ulp"),
    "step": Term("{steps} ulp", "{steps} ulp"),
    "steps": Term("{steps} ulps", "{steps} ulp"),
    "end to end": Term("end to end", "từ đầu đến cuối"),
    "more": Term("… and {count:,} more", "… và {count:,} số nữa"),
    "more judged": Term(
        "… and {count:,} more, largest residual {residual}",
        "… và {count:,} số nữa, phần dư lớn nhất {residual}",
    ),
    "more beyond": Term(
        "… and {count:,} more, {beyond:,} of them beyond 1, largest residual {residual}",
        "… và {count:,} số nữa, {beyond:,} số vượt quá 1, phần dư lớn nhất {residual}",
    ),
    "nobody": Term("nobody reports it", "không ai báo cáo"),
    "cause": Term("{backend}: likely cause: {cause}", "{backend}: nguyên nhân có thể: {cause}"),
    "divergence": Term("known divergence {name}", "khác biệt đã biết {name}"),
    # ---------------------------------------------------------- the legend
    "how to read": Term("how to read it", "cách đọc"),
    "same": Term(
        "the same bits as in the first column; else the last digits, and how many steps of the "
        "format apart: one leads from a number to the next",
        "cùng các bit với cột thứ nhất; nếu khác: các chữ số cuối, và cách nhau bao nhiêu bước của "
        "định dạng: một bước dẫn từ một số đến số kế tiếp",
    ),
    "off": Term(
        "how far it is from what the equation gives, evaluated more exactly from the column's own "
        "numbers before it; an ulp is a unit in the last place",
        "cách kết quả của phương trình bao xa, khi tính chính xác hơn từ chính các số đứng trước "
        "của cột đó; ulp là đơn vị ở chữ số cuối cùng",
    ),
    "residual": Term(
        "residual: that error ÷ the bound derived for it; at most 1 is a pass",
        "phần dư: sai số đó ÷ cận đã được chứng minh cho nó; không quá 1 là đạt",
    ),
    "beyond": Term("beyond its bound: a failure", "vượt quá cận: không đạt"),
    "known": Term(
        "beyond it, and explained by a known divergence", "vượt quá cận, do một khác biệt đã biết"
    ),
    "blind": Term(
        "the bound is as large as the value: it proves nothing",
        "cận không nhỏ hơn chính giá trị: không chứng minh được gì",
    ),
    "end": Term(
        "of the gradients alone, against the reference in float64",
        "chỉ xét gradient, so với bản tham chiếu ở float64",
    ),
    "weight": Term(
        "to node 1 of layer 1, from node 2 of the layer before (node by node, the lecture writes "
        "w₂₁¹)",
        "đến nút 1 của tầng 1, từ nút 2 của tầng trước (khi viết từng nút, bài giảng ghi w₂₁¹)",
    ),
    "put in": Term(
        "the same with six digits of {backend}'s numbers put in",
        "thay số vào, lấy sáu chữ số của {backend}",
    ),
    "sample": Term("the second sample of the batch", "mẫu thứ hai của lô"),
    "iverson": Term("1 where that is so, else 0", "bằng 1 nếu đúng, bằng 0 nếu sai"),
    "phi": Term(
        "the normal distribution function and its density",
        "hàm phân phối chuẩn và mật độ của nó",
    ),
    "s": Term("the sigmoid, 1/(1 + exp(-z))", "hàm sigmoid, 1/(1 + exp(-z))"),
    "p": Term("the softmax of a", "softmax của a"),
    # ---------------------------------------------------------- the backends
    "reference": Term("the reference", "bản tham chiếu"),
    "not supported": Term("not supported: {why}", "không hỗ trợ: {why}"),
    "error": Term("error: {why}", "lỗi: {why}"),
    "parts": Term("{backend} reports {reported} only", "{backend} chỉ báo cáo {reported}"),
    "judged end to end": Term(
        "its gradients are judged end to end too", "gradient của nó còn được xét từ đầu đến cuối"
    ),
    "delta is db": Term(
        "its δ is read off ∂C/∂b, which of one sample is δ",
        "δ của nó được lấy từ ∂C/∂b, vì với một mẫu ∂C/∂b chính là δ",
    ),
    # ---------------------------------------------------------- the outcome
    "outcome": Term("outcome", "kết quả"),
    "agreed": Term(
        "{count:,} numbers of {backend}: the same bits as {first} in {same:,}, at most {steps} "
        "apart",
        "{count:,} số của {backend}: cùng các bit với {first} ở {same:,} số, cách nhau nhiều nhất "
        "{steps}",
    ),
    "identical": Term(
        "{count:,} numbers of {backend}: all the same bits as {first}",
        "{count:,} số của {backend}: tất cả cùng các bit với {first}",
    ),
    "all pass": Term(
        "{equations} {hold} for {whom}; largest residual {residual}: {backend}, {check} at layer "
        "{layer}",
        "{equations} {hold} với {whom}; phần dư lớn nhất {residual}: {backend}, {check} ở tầng "
        "{layer}",
    ),
    "every equation": Term("every equation", "mọi phương trình"),
    "every one judged": Term("every equation that can be judged", "mọi phương trình xét được"),
    "holds": Term("holds", "đều đúng"),
    "holds or known": Term(
        "holds, or is explained by a known divergence,",
        "đều đúng, hoặc được giải thích bởi một khác biệt đã biết,",
    ),
    "everybody": Term("everybody", "tất cả"),
    "who answers": Term("everybody who answers", "tất cả các backend trả lời"),
    "some fail": Term(
        "beyond their bounds: {backends}; largest residual {residual}: {backend}, {check} at layer "
        "{layer}",
        "vượt quá cận: {backends}; phần dư lớn nhất {residual}: {backend}, {check} ở tầng {layer}",
    ),
    "explained": Term(
        "known divergence {name}: {count:,} numbers of {backend}, up to {residual} times the bound",
        "khác biệt đã biết {name}: {count:,} số của {backend}, đến {residual} lần cận",
    ),
    "no answer": Term("no backend answers", "không có backend nào trả lời"),
    # ---------------------------------------------------------- the page
    "walk": Term("step by step", "từng bước"),
    "keys": Term("the keys → and ← walk through it", "dùng phím → và ← để đi từng bước"),
    "step of": Term("step {k} of {n}", "bước {k} trong {n}"),
    "next": Term("next", "tiếp"),
    "previous": Term("back", "trước"),
    "all": Term("all at once", "tất cả"),
    "quantity": Term("number", "đại lượng"),
    "drawn": Term("the numbers drawn are {backend}'s", "các số trong hình là của {backend}"),
    "drawn sample": Term(
        "x, z, a and δ are those of the first of {m} samples",
        "x, z, a và δ là của mẫu thứ nhất trong {m} mẫu",
    ),
    "drawn sign": Term(
        "whole lines are positive, dashed ones negative; the thicker, the larger",
        "nét liền là số dương, nét đứt là số âm; càng đậm càng lớn",
    ),
    "drawn weights": Term("a line is a weight", "mỗi đường là một trọng số"),
    "drawn derivatives": Term(
        "a line is ∂C/∂w; an arrow is an error δ flowing back",
        "mỗi đường là ∂C/∂w; mũi tên là sai số δ truyền ngược",
    ),
    "drawn bias": Term("a square is a {bias}", "ô vuông là {bias}"),
    "not drawn": Term("{count:,} nodes are not drawn", "{count:,} nút không được vẽ"),
    "describe forward": Term(
        "{network}, node by node: w on the lines, z and a in the nodes, C at the right",
        "{network}, từng nút: trọng số w trên đường, z và a trong nút, hàm mất mát C bên phải",
    ),
    "describe backward": Term(
        "{network}, node by node, backwards: ∂C/∂w on the lines, a and δ in the nodes",
        "{network}, từng nút, theo chiều ngược: ∂C/∂w trên đường, a và δ trong nút",
    ),
}  # fmt: skip


def speaker(language: str) -> Say:
    """Say a term in a language: ``en`` or ``vi``."""

    def say(key: str, **values: object) -> str:
        return str(getattr(TERMS[key], language)).format(**values)

    return say
