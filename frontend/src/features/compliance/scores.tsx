import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";
import { count, money } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";
import { useUrlState } from "@/lib/url-state";

import { type Grouping, GROUPINGS, type Scan, type Score, scoresOf } from "./queries";

/** Teams, accounts or types, the worst first, by count and by cost. */
export function Scores({ scan }: { scan: Scan }) {
  const [search, change] = useUrlState();
  const by = GROUPINGS.find((one) => one === search["group_by"]) ?? "team";
  const query = useQuery(scoresOf(useApi(), by, scan.id));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Table<Score>
          variant="container"
          items={items}
          trackBy="value"
          header={
            <Header
              variant="h2"
              description="By count, and by effective cost of the last 30 days"
              actions={
                <SegmentedControl
                  label="Scores by"
                  selectedId={by}
                  options={GROUPINGS.map((id) => ({ id, text: `By ${id}` }))}
                  onChange={({ detail }) => change({ group_by: detail.selectedId }, { replace: true })}
                />
              }
            >
              Scores
            </Header>
          }
          ariaLabels={{ tableLabel: `Scores by ${by}` }}
          columnDefinitions={[
            {
              id: "name",
              header: sentenceCase(by),
              isRowHeader: true,
              minWidth: 150,
              cell: (score) => <Link href={untaggedOf(by, score)}>{nameOf(by, score)}</Link>,
            },
            {
              id: "count",
              header: "Fully tagged",
              minWidth: 160,
              cell: ({ by_count }) =>
                by_count === null ? "–" : <Share percentage={by_count} label="of resources" />,
            },
            {
              id: "resources",
              header: <div className="number">Tagged</div>,
              cell: ({ tagged_resources, total_resources }) => (
                <div className="number">
                  {count(tagged_resources)} of {count(total_resources)}
                </div>
              ),
            },
            {
              id: "cost",
              header: <div className="number">Of cost</div>,
              cell: ({ costs }) =>
                costs.map(({ currency, by_cost }) => (
                  <div className="number" key={currency}>
                    {by_cost === null ? "–" : `${by_cost}%`}
                  </div>
                )),
            },
            {
              id: "untagged",
              header: <div className="number">Untagged cost</div>,
              cell: ({ costs }) =>
                costs.map(({ currency, total_cost, tagged_cost }) => (
                  <div className="number" key={currency}>
                    {money(Number(total_cost) - Number(tagged_cost), currency)}
                  </div>
                )),
            },
          ]}
          empty="The scan found no resources."
        />
      )}
    </Loaded>
  );
}

function Share({ percentage, label }: { percentage: string; label: string }) {
  return (
    <ProgressBar variant="standalone" value={Number(percentage)} ariaLabel={`${percentage}% ${label}`} />
  );
}

function nameOf(by: Grouping, { value, name }: Score): string {
  if (value === "") return by === "team" ? "No team" : "None";
  return name ?? value;
}

function untaggedOf(by: Grouping, { value }: Score): string {
  if (by === "team" && value === "") return "/compliance/untagged?unattributed=true";
  return `/compliance/untagged?${by}=${encodeURIComponent(value)}`;
}
