"""Room of proof: control members, examples with a verdict, policies compared. It judges with the rule itself.

In: tiny members as text, or the landed history. Out: what the rule says of them, and where that is
not what was expected.
"""
