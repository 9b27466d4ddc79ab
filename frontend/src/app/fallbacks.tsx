import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import Spinner from "@cloudscape-design/components/spinner";

import { ProblemAlert } from "@/components/feedback/problem-alert";

export function ScreenLoading() {
  return (
    <Box padding="xxl" textAlign="center" color="text-status-inactive">
      <Spinner /> Loading
    </Box>
  );
}

export function ScreenFailed({ error }: { error: unknown }) {
  return (
    <Box padding="l">
      <ProblemAlert error={error} retry={() => location.reload()} />
    </Box>
  );
}

export function NotFound() {
  return (
    <Box padding="xxl" textAlign="center">
      <Box variant="h1">There is no such page</Box>
      <Link href="/">To the overview</Link>
    </Box>
  );
}
