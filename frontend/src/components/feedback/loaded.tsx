import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Spinner from "@cloudscape-design/components/spinner";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { problemOf } from "@/lib/api/problem";
import { timeOf } from "@/lib/format/dates";

import { ProblemAlert } from "./problem-alert";

/** Shows a query in each of its states; what was loaded stays when it cannot be renewed. */
export function Loaded<T>({
  query,
  space,
  children,
}: {
  query: UseQueryResult<T>;
  /** About how high it will be, in pixels, so that nothing below jumps when it comes. */
  space?: number;
  children: (data: T) => ReactNode;
}) {
  const { data, error, dataUpdatedAt } = query;
  const retry = () => void query.refetch();
  if (data === undefined) {
    if (error) return <ProblemAlert error={error} retry={retry} />;
    return (
      <div style={{ minBlockSize: space }}>
        <Box textAlign="center" padding="l" color="text-status-inactive">
          <Spinner /> Loading
        </Box>
      </div>
    );
  }
  return (
    <>
      {error && <StaleAlert error={error} since={dataUpdatedAt} retry={retry} />}
      {children(data)}
    </>
  );
}

export function StaleAlert({ error, since, retry }: { error: unknown; since: number; retry: () => void }) {
  return (
    <Alert
      type="warning"
      i18nStrings={{ warningIconAriaLabel: "Warning" }}
      header={`This is how it was at ${timeOf(new Date(since))}`}
      action={<Button onClick={retry}>Try again</Button>}
    >
      It could not be renewed: {problemOf(error).title}
    </Alert>
  );
}
