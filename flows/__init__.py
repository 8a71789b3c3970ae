"""Prefect only: order, decorators, retries, artifacts, deployments. A flow reads as the story of a batch.

Parameters, results, artifacts and logs hold ids and counts, never document text.
"""
