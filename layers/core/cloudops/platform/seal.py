"""The sealed tenant context.

Row-level security asks `current_tenant()`. A plain session variable could be switched by injected SQL, so the
variable carries a MAC that the database checks with a key which the application role cannot read.
"""

import hashlib
import hmac
from uuid import UUID


def sealed_tenant(tenant_id: UUID, key: str) -> str:
    """`<tenant>.<hex HMAC-SHA256 of the tenant under the key>`, the value of `cloudops.tenant`."""
    mac = hmac.new(bytes.fromhex(key), str(tenant_id).encode(), hashlib.sha256).hexdigest()
    return f"{tenant_id}.{mac}"
