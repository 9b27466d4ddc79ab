"""The dashboard's answers, exactly as the first document writes them."""

from pydantic import BaseModel, ConfigDict, Field


class Metrics(BaseModel):
    """Money is an integer, times 1000."""

    model_config = ConfigDict(frozen=True)

    monthlySpend: int  # noqa: N815
    identifiedSavings: int  # noqa: N815
    realizedSavings: int  # noqa: N815
    resourcesAnalyzed: int  # noqa: N815
    wastePercentage: float = Field(ge=0, le=100)  # noqa: N815


class MonthlyCost(BaseModel):
    """`totalCost` is an integer, times 1000."""

    model_config = ConfigDict(frozen=True)

    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    totalCost: int  # noqa: N815
