import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { Loaded } from "@/components/feedback/loaded";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { problemOf } from "@/lib/api/problem";
import { asksToSignInAgain, newKey, secondFactorIsOn } from "@/lib/session/second-factor";
import { useSession } from "@/lib/session/session-context";

import { TurnOffTwoStepDialog } from "./turn-off-two-step-dialog";
import { TWO_STEP } from "./two-step";

const SetUpTwoStepDialog = lazy(async () => ({
  default: (await import("./set-up-two-step-dialog")).SetUpTwoStepDialog,
}));

export function TwoStepSection() {
  const session = useSession();
  const [turningOff, setTurningOff] = useState(false);
  const query = useQuery({
    queryKey: TWO_STEP,
    queryFn: ({ signal }) => secondFactorIsOn(session, signal),
  });
  const setUp = useMutation({ mutationFn: () => newKey(session), gcTime: 0 });
  const refused = [setUp.error, query.error].find(asksToSignInAgain);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="After your password, signing in asks for a code from an authenticator app on your phone."
          actions={
            !refused &&
            query.data !== undefined &&
            (query.data ? (
              <Button onClick={() => setTurningOff(true)}>Turn off</Button>
            ) : (
              <Button loading={setUp.isPending} onClick={() => setUp.mutate()}>
                Set up
              </Button>
            ))
          }
        >
          Two-step sign-in
        </Header>
      }
    >
      <SpaceBetween size="m">
        {refused ? (
          <SignInAgain error={refused} />
        ) : (
          <Loaded query={query}>
            {(on) =>
              on ? (
                <StatusIndicator type="success">On</StatusIndicator>
              ) : (
                <StatusIndicator type="stopped">Off: your password alone is enough</StatusIndicator>
              )
            }
          </Loaded>
        )}
        {setUp.error && !refused && <ProblemAlert error={setUp.error} retry={() => setUp.mutate()} />}
      </SpaceBetween>
      {setUp.data && (
        <Suspense>
          <SetUpTwoStepDialog secret={setUp.data} onClose={() => setUp.reset()} />
        </Suspense>
      )}
      {turningOff && <TurnOffTwoStepDialog onClose={() => setTurningOff(false)} />}
    </Container>
  );
}

function SignInAgain({ error }: { error: unknown }) {
  const session = useSession();
  const { title, detail } = problemOf(error);
  return (
    <Alert
      type="info"
      header={title}
      i18nStrings={{ infoIconAriaLabel: "Information" }}
      action={<Button onClick={() => void session.signIn()}>Sign in again</Button>}
    >
      {detail}
    </Alert>
  );
}
