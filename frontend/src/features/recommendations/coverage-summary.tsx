import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { counted } from "@/lib/format/words";

import { type CheckCoverage, totalOf, VERDICT_WORDS, type Verdict, VERDICTS } from "./coverage-words";
import { coverageOf } from "./queries";

type Choose = (filters: { check_id?: string; verdict?: Verdict }) => void;

/** How many were judged how, in all and by check; a number leads to its lines. */
export function CoverageSummary({ onChoose }: { onChoose: Choose }) {
  const query = useQuery(coverageOf(useApi()));
  return (
    <Loaded query={query}>
      {({ items, judged_at: judgedAt }) => (
        <ExpandableSection
          variant="container"
          headerText={`${counted(items.length, "check")}${judgedAt ? `, last judged ${timeOf(judgedAt)}` : ""}`}
          headerDescription={VERDICTS.map(
            (verdict) => `${count(totalOf(items, verdict))} ${VERDICT_WORDS[verdict].text.toLowerCase()}`,
          ).join(" · ")}
        >
          <Checks checks={items} onChoose={onChoose} />
        </ExpandableSection>
      )}
    </Loaded>
  );
}

function Checks({ checks, onChoose }: { checks: readonly CheckCoverage[]; onChoose: Choose }) {
  return (
    <div className="figure-table">
      <Table<CheckCoverage>
        variant="embedded"
        contentDensity="compact"
        ariaLabels={{ tableLabel: "Judgements by check" }}
        items={checks}
        columnDefinitions={[
          {
            id: "check",
            header: "Check",
            isRowHeader: true,
            cell: ({ check_id: id }) => (
              <Link onFollow={() => onChoose({ check_id: id })} ariaLabel={`Judgements of ${id}`}>
                {id}
              </Link>
            ),
          },
          ...VERDICTS.map((verdict) => ({
            id: verdict,
            header: (
              <StatusIndicator type={VERDICT_WORDS[verdict].type}>
                {VERDICT_WORDS[verdict].text}
              </StatusIndicator>
            ),
            cell: (check: CheckCoverage) =>
              check[verdict] === 0 ? (
                <span className="quiet">0</span>
              ) : (
                <Link
                  onFollow={() => onChoose({ check_id: check.check_id, verdict })}
                  ariaLabel={`${check[verdict]} ${VERDICT_WORDS[verdict].text.toLowerCase()} by ${check.check_id}`}
                >
                  {count(check[verdict])}
                </Link>
              ),
          })),
        ]}
      />
    </div>
  );
}
