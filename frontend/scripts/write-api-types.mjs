import { mkdirSync, writeFileSync } from "node:fs";

import { apiTypes, TYPES } from "./api-types.mjs";

mkdirSync(new URL(".", TYPES), { recursive: true });
writeFileSync(TYPES, await apiTypes());
