"""Deployment: what people need to put the parts on machines of their own, with a service manager and a proxy.

Here live the layout and its files. Never here: an act on this machine; everything is written into a folder to be read.

The box writes down no request at any layer, runs as a user of its own and cannot open the registry (threats B5, B6).
"""
