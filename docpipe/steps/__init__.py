"""What the product does, one verb a file: the same steps stand behind flows, web page and command line.

Imports settings, registry, prompts, families, store and accounts; knows nothing of Prefect.
"""
