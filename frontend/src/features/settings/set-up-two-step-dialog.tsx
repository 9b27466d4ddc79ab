import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { QRCodeSVG } from "qrcode.react";
import { useRef, useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { problemOf } from "@/lib/api/problem";
import { useMember } from "@/lib/session/member";
import { turnSecondFactor, verifyCode } from "@/lib/session/second-factor";
import { useSession } from "@/lib/session/session-context";

import { codeOf, enrollmentUri, grouped, TWO_STEP } from "./two-step";

export function SetUpTwoStepDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const session = useSession();
  const { profile } = useMember();
  const [typed, setTyped] = useState("");
  const verified = useRef(false);
  const code = codeOf(typed);
  const turnOn = useChange({
    change: async (given: string) => {
      // A code is taken once: after a failure behind it only what is left is tried again.
      if (!verified.current) await verifyCode(session, given);
      verified.current = true;
      await turnSecondFactor(session, "on");
    },
    affects: [TWO_STEP],
    success: "Two-step sign-in is on",
    onSuccess: onClose,
  });
  const wrongCode = turnOn.error ? problemOf(turnOn.error).fields["code"] : undefined;
  const submit = () => {
    if (code && !turnOn.isPending) turnOn.mutate(code);
  };
  return (
    <ConfirmDialog
      title="Set up two-step sign-in"
      confirm="Turn on"
      disabled={code === null}
      pending={turnOn.isPending}
      problem={wrongCode === undefined ? turnOn.error : null}
      onConfirm={submit}
      onCancel={onClose}
    >
      <ol className="steps">
        <li>
          Scan this with an authenticator app on your phone:
          <div className="qr-code">
            <QRCodeSVG
              value={enrollmentUri(profile.email, secret)}
              size={192}
              marginSize={4}
              title="QR code for an authenticator app"
            />
          </div>
          Or type this key into it:
          <div className="kept-groups">
            <CopyToClipboard
              variant="inline"
              copyButtonAriaLabel="Copy the key"
              copySuccessText="Copied"
              copyErrorText="Not copied"
              textToCopy={secret}
              textToDisplay={grouped(secret)}
            />
          </div>
        </li>
        <li>
          <FormField label="Code" description="The six digits that the app shows now." errorText={wrongCode}>
            <Input
              value={typed}
              inputMode="numeric"
              autoComplete="one-time-code"
              ariaRequired
              onChange={({ detail }) => setTyped(detail.value)}
              onKeyDown={({ detail }) => {
                if (detail.key === "Enter") submit();
              }}
            />
          </FormField>
        </li>
      </ol>
      <Box>
        From then on each sign-in asks for a code. If the phone is lost, an administrator of the AWS account
        can turn it off for you.
      </Box>
    </ConfirmDialog>
  );
}
