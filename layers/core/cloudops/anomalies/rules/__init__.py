"""The cost rules, in the order in which they may claim an alert."""

from cloudops.anomalies.rules.intermittent import intermittent
from cloudops.anomalies.rules.intermittent_shift import intermittent_shift
from cloudops.anomalies.rules.level_shift import level_shift
from cloudops.anomalies.rules.missing import missing
from cloudops.anomalies.rules.new_spend import new_spend
from cloudops.anomalies.rules.slow_leak import slow_leak
from cloudops.anomalies.rules.spike import spike
from cloudops.anomalies.rules.sustained import sustained

RULES = (new_spend, intermittent, intermittent_shift, spike, sustained, level_shift, slow_leak, missing)
