"""A site (điểm cầu) with a server of its own: takes ballots with the line down, and hands them on to the box.

Here lives what runs in a remote hall. Never here: the registry's or the box's tables, a name, a time, or an order.
"""
