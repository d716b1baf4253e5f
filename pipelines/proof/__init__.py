"""Room of proof: control members, examples with a verdict, policies compared. It judges with the rule itself.

In: tiny members as text, or a published audit. Out: what should be and is not.
"""
