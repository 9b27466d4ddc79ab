import type { components } from "@/generated/api";

export type Channel = components["schemas"]["ChannelOut"];
export type Topic = components["schemas"]["NewChannel"]["topics"][number];

export const CHANNELS = ["/api/v1/notification-channels"] as const;

export const TOPICS: readonly { value: Topic; label: string }[] = [
  { value: "alert.raised", label: "Alert raised" },
  { value: "approval.needed", label: "Approval needed" },
  { value: "action.completed", label: "Action completed" },
  { value: "action.attention", label: "Action needs attention" },
  { value: "account.insecure", label: "Account open to strangers" },
];

export function topicText(topic: string): string {
  return TOPICS.find(({ value }) => value === topic)?.label ?? topic;
}
