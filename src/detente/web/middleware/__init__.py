"""What stands between the network and the pages: one small layer a file, each of which refuses or passes on.

From the outside in (`../stack.py`): who really asks, which host was meant, what the browser may do with the answer, how
often, how much, who it is, whether reading needs an account, whether a form came from our own page.
"""
