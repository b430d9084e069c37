"""The activation atlas: σ and σ′ of every framework, from one end of each format to the other.

And the elementary functions that the bounds declare an accuracy of, and what a framework takes as
the derivative at a kink.
"""
