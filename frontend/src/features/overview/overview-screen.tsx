import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { Page } from "@/components/page";

import { CostTrend } from "./cost-trend";
import { Figures } from "./figures";
import { OpenAlerts } from "./open-alerts";
import { TopAnomaly } from "./top-anomaly";

export function Screen() {
  return (
    <Page
      title="Overview"
      description="What the cloud costs, what can be saved, and what is out of the ordinary, from the current version of each bill."
    >
      <SpaceBetween size="l">
        <Figures />
        <CostTrend />
        <ColumnLayout columns={2}>
          <TopAnomaly />
          <OpenAlerts />
        </ColumnLayout>
      </SpaceBetween>
    </Page>
  );
}
