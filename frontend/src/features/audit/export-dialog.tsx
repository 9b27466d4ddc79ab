import Box from "@cloudscape-design/components/box";
import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Copyable } from "@/components/copyable";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { addDays } from "@/lib/format/dates";
import { count } from "@/lib/format/money";

const FORMATS = [
  { value: "csv", label: "CSV" },
  { value: "parquet", label: "Parquet" },
] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ASK_AGAIN_AFTER = 2000;

/** Long trails are written by a job; the dialog waits for the file. */
export function ExportDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [format, setFormat] = useState<"csv" | "parquet">("csv");
  const [start, setStart] = useState("");
  const [end, setEnd] = useState("");
  const request = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/events/exports", {
          body: {
            format,
            start: DAY.test(start) ? start : null,
            end: DAY.test(end) ? addDays(end, 1) : null,
          },
        }),
      ),
    affects: [["/api/v1/events"]],
    success: "The export is being written",
  });
  return (
    <ConfirmDialog
      title="Export the trail"
      confirm="Write the file"
      disabled={request.data !== undefined}
      pending={request.isPending}
      problem={request.error}
      onConfirm={() => request.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField label="Format">
        <Choice value={format} options={FORMATS} onChange={setFormat} />
      </FormField>
      <FormField label="From" constraintText="Left empty, from the beginning">
        <DateInput
          format="iso"
          placeholder="YYYY-MM-DD"
          value={start}
          onChange={({ detail }) => setStart(detail.value)}
        />
      </FormField>
      <FormField label="Through" constraintText="Left empty, up to now">
        <DateInput
          format="iso"
          placeholder="YYYY-MM-DD"
          value={end}
          onChange={({ detail }) => setEnd(detail.value)}
        />
      </FormField>
      {request.data && <Written id={request.data.id} />}
    </ConfirmDialog>
  );
}

function Written({ id }: { id: string }) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["/api/v1/events/exports", id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/events/exports/{export_id}", { params: { path: { export_id: id } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.status === "queued" || !state.data ? ASK_AGAIN_AFTER : false,
  });
  if (!data?.url) return <StatusIndicator type="in-progress">The file is being written</StatusIndicator>;
  return (
    <div role="status">
      <StatusIndicator type="success">{count(data.row_count ?? 0)} events</StatusIndicator>{" "}
      <Link href={data.url} external>
        Download
      </Link>
      {data.sha256 && (
        <Box color="text-body-secondary" fontSize="body-s">
          SHA-256 <Copyable text={data.sha256} />
        </Box>
      )}
    </div>
  );
}
