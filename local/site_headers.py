"""A response headers policy of CloudFront as the headers that it adds.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
"""

from collections.abc import Mapping
from typing import Any


def page_headers(policy: Mapping[str, Any]) -> dict[str, str]:
    security = policy.get("SecurityHeadersConfig", {})
    own = policy.get("CustomHeadersConfig", {}).get("Items", [])
    headers = {
        "Content-Security-Policy": security.get("ContentSecurityPolicy", {}).get("ContentSecurityPolicy"),
        "Strict-Transport-Security": _transport(security.get("StrictTransportSecurity")),
        "X-Content-Type-Options": "nosniff" if "ContentTypeOptions" in security else None,
        "X-Frame-Options": security.get("FrameOptions", {}).get("FrameOption"),
        "Referrer-Policy": security.get("ReferrerPolicy", {}).get("ReferrerPolicy"),
        **{item["Header"]: item["Value"] for item in own},
    }
    return {name: value for name, value in headers.items() if value is not None}


def _transport(wanted: Mapping[str, Any] | None) -> str | None:
    if wanted is None:
        return None
    flags = {"IncludeSubdomains": "includeSubDomains", "Preload": "preload"}
    parts = [f"max-age={wanted['AccessControlMaxAgeSec']}"]
    return "; ".join(parts + [text for name, text in flags.items() if wanted.get(name)])
