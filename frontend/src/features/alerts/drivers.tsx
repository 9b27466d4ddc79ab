import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { money, signedMoney } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";

import type { AlertDetail } from "./alert-words";

/** What moved with the alert, per day, the largest change first. */
export function Drivers({ alert }: { alert: AlertDetail }) {
  return (
    <Table
      variant="container"
      header={
        <Header variant="h2" description="What moved with it, per day">
          Drivers
        </Header>
      }
      ariaLabels={{ tableLabel: "Drivers" }}
      items={alert.drivers}
      wrapLines
      columnDefinitions={[
        {
          id: "value",
          header: "What",
          isRowHeader: true,
          minWidth: 170,
          cell: ({ value }) => <span className="breakable">{value}</span>,
        },
        { id: "dimension", header: "Kind", cell: ({ dimension }) => sentenceCase(dimension) },
        {
          id: "change",
          header: <div className="number">Change</div>,
          cell: ({ change, currency }) => <div className="number">{signedMoney(change, currency)}</div>,
        },
        {
          id: "observed",
          header: <div className="number">Now</div>,
          cell: ({ observed, currency }) => <div className="number">{money(observed, currency)}</div>,
        },
      ]}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          A metric has no drivers: look at what was deployed.
        </Box>
      }
    />
  );
}
