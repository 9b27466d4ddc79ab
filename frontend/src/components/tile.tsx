import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import type { ReactNode } from "react";

interface TileProps {
  label: string;
  value: ReactNode;
  /** How it changed, or where it comes from. */
  children?: ReactNode;
}

/** One figure, large, with what puts it into proportion below. */
export function Tile({ label, value, children }: TileProps) {
  return (
    <Container fitHeight>
      <Box color="text-body-secondary" fontSize="body-s" fontWeight="bold">
        {label}
      </Box>
      <div className="tile-value">{value}</div>
      <Box fontSize="body-s" color="text-body-secondary">
        {children}
      </Box>
    </Container>
  );
}
