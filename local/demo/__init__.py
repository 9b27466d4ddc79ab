"""A demo organisation's bill: a year of CUR 2.0 exports with labelled incidents, made from a seed."""

from local.demo.generation import EXPORT_NAME, generate
from local.demo.incidents import Expected, Incident
from local.demo.truth import DemoTruth

__all__ = ["EXPORT_NAME", "DemoTruth", "Expected", "Incident", "generate"]
