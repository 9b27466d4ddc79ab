import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import { span } from "@/lib/format/dates";
import { money, percent } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";

import type { ActionDetail } from "./action-words";

/** What the bills that came in afterwards show. */
export function Measured({ action }: { action: ActionDetail }) {
  return (
    <Container
      header={
        <Header variant="h2" description="On the bills that came in afterwards">
          Realised saving
        </Header>
      }
    >
      <Found action={action} />
    </Container>
  );
}

function Found({ action: { status, savings } }: { action: ActionDetail }) {
  if (savings === null)
    return (
      <Box color="text-body-secondary">
        {status === "completed"
          ? "The bill does not tell yet: it takes a week of settled days after the change."
          : "Only a change that completed saves anything."}
      </Box>
    );
  const amount = (value: string | null) => (value === null ? "–" : money(value, savings.currency));
  return (
    <KeyValuePairs
      columns={2}
      items={[
        { label: "Projected a month", value: amount(savings.projected_monthly) },
        { label: "Measured a month", value: amount(savings.measured_monthly) },
        { label: "Cost a day before", value: amount(savings.before_daily) },
        { label: "Cost a day after", value: amount(savings.after_daily) },
        { label: "Days before", value: span(savings.before_from, savings.before_until) },
        {
          label: "Days after",
          value: savings.after_until ? span(savings.after_from, savings.after_until) : "None yet",
        },
        {
          label: "More than noise",
          value: savings.confidence === null ? "–" : percent(Number(savings.confidence), 0),
        },
        { label: "State", value: savings.reason ?? sentenceCase(savings.status) },
      ]}
    />
  );
}
