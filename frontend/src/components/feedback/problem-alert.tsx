import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";

import { problemOf } from "@/lib/api/problem";

/** A refusal in the API's own words, with another try where one may help. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = problemOf(error);
  const mayHelp = problem.status === 0 || problem.status >= 429;
  return (
    <Alert
      type="error"
      header={problem.title}
      i18nStrings={{ errorIconAriaLabel: "Error" }}
      action={retry && mayHelp && <Button onClick={retry}>Try again</Button>}
    >
      {problem.detail}
    </Alert>
  );
}
