import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

interface ResourceSearchProps {
  wanted: string;
  onSearch: (resource: string | undefined) => void;
}

/** "Why was this one not flagged?" */
export function ResourceSearch({ wanted, onSearch }: ResourceSearchProps) {
  const [text, setText] = useState(wanted);
  return (
    <Container>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(text.trim() || undefined);
        }}
      >
        <FormField
          label="Why was a resource flagged, or not?"
          constraintText="Its id or ARN, as the bill names it, e.g. i-0a1b2c3d4e5f60001"
          secondaryControl={<Button formAction="submit">Look it up</Button>}
          stretch
        >
          <Input
            type="search"
            value={text}
            onChange={({ detail }) => setText(detail.value)}
            clearAriaLabel="Clear"
          />
        </FormField>
      </form>
    </Container>
  );
}
