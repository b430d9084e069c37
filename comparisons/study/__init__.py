"""``crossgrad study``: a campaign over random architectures, kept in a folder."""
