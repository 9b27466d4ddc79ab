import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";

import { Copyable } from "@/components/copyable";
import { useNotifications } from "@/components/feedback/notifications";
import { download } from "@/components/list/export-csv";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { count } from "@/lib/format/money";
import { shortId } from "@/lib/format/ids";

import { type ActionDetail, hasEnded } from "./action-words";
import { artifactOf } from "./queries";

type Artifact = components["schemas"]["ArtifactOut"];

interface Kept {
  name: string;
  sha256: string;
  bytes: number;
}

interface Row extends Kept {
  query: UseQueryResult<Artifact>;
}

/** What proves it, kept where nobody can change it; each is held against its checksum when somebody asks. */
export function Evidence({ action }: { action: ActionDetail }) {
  const api = useApi();
  const [checking, setChecking] = useState(false);
  const kept = keptBy(action);
  const queries = useQueries({
    queries: kept.map(({ name }) => ({ ...artifactOf(api, action.id, name), enabled: checking })),
  });
  const rows = kept.flatMap((one, index): Row[] => {
    const query = queries[index];
    return query ? [{ ...one, query }] : [];
  });
  if (!hasEnded(action)) return null;
  return (
    <Table<Row>
      variant="container"
      wrapLines
      ariaLabels={{ tableLabel: "Evidence" }}
      header={
        <Header
          variant="h2"
          counter={`(${kept.length})`}
          description="Kept where nobody can change it, before the action ended"
          actions={
            kept.length > 0 && (
              <Button
                loading={queries.some(({ isFetching }) => isFetching)}
                onClick={() => setChecking(true)}
              >
                Check that it is intact
              </Button>
            )
          }
        >
          Evidence
        </Header>
      }
      items={rows}
      trackBy="name"
      columnDefinitions={[
        { id: "name", header: "Artifact", isRowHeader: true, cell: ({ name }) => name },
        { id: "intact", header: "Checksum", minWidth: 130, cell: ({ query }) => <Intact query={query} /> },
        { id: "sha256", header: "SHA-256", cell: ({ sha256 }) => <Copyable text={sha256} /> },
        {
          id: "bytes",
          header: <div className="number">Size</div>,
          cell: ({ bytes }) => <div className="number">{`${count(bytes)} B`}</div>,
        },
        { id: "download", header: "File", cell: ({ name }) => <Download action={action} name={name} /> },
      ]}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          It never began, so there is nothing to prove.
        </Box>
      }
    />
  );
}

function Intact({ query }: { query: UseQueryResult<Artifact> }) {
  if (query.error) return <StatusIndicator type="error">{problemOf(query.error).title}</StatusIndicator>;
  if (query.isFetching) return <StatusIndicator type="loading">Reading</StatusIndicator>;
  if (!query.data) return <StatusIndicator type="pending">Not checked yet</StatusIndicator>;
  return query.data.intact ? (
    <StatusIndicator type="success">Intact</StatusIndicator>
  ) : (
    <StatusIndicator type="error">Not as it was kept</StatusIndicator>
  );
}

function Download({ action, name }: { action: ActionDetail; name: string }) {
  const api = useApi();
  const { tellProblem } = useNotifications();
  const fetchAndSave = () =>
    void artifactFile(api, action.id, name)
      .then((file) => download(file, `${shortId("action", action.id)}-${name}`))
      .catch((error: unknown) => tellProblem(`${name} was not downloaded`, error));
  return (
    <Button variant="inline-icon" iconName="download" ariaLabel={`Download ${name}`} onClick={fetchAndSave} />
  );
}

async function artifactFile(api: ReturnType<typeof useApi>, id: string, artifact: string): Promise<Blob> {
  const { data } = await api.GET("/api/v1/actions/{action_id}/evidence/{artifact}", {
    params: { path: { action_id: id, artifact } },
  });
  return new Blob([JSON.stringify(data?.content, null, 2)], { type: "application/json" });
}

function keptBy({ result }: ActionDetail): Kept[] {
  const manifest = (result?.["evidence"] ?? {}) as Record<string, Omit<Kept, "name">>;
  return Object.entries(manifest).map(([name, one]) => ({ name, sha256: one.sha256, bytes: one.bytes }));
}
