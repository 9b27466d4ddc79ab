import { readdirSync } from "node:fs";

import eslint from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const FEATURES = readdirSync(new URL("./src/features", import.meta.url));

function forbid(files, groups) {
  const patterns = groups.map(([group, message]) => ({ group, message }));
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns: [...WHOLE_LIBRARIES, ...patterns] }] },
  };
}

const WHOLE_LIBRARIES = [
  {
    regex: "^@cloudscape-design/components$",
    message: "Import each component by its own path, or all of them end up in the bundle.",
  },
  { regex: "chart-components", message: "It brings Highcharts, which is not free." },
  { regex: "^@cloudscape-design/components/theming$", message: "The theme is made at build time." },
];

const WALLS = [
  forbid(["src/**"], []),
  forbid(
    ["src/lib/**"],
    [[["@/components/*", "@/features/*", "@/app/*"], "What every screen shares knows no screen."]],
  ),
  forbid(["src/components/**"], [[["@/features/*", "@/app/*"], "A building block knows no feature."]]),
  ...FEATURES.map((feature) =>
    forbid(
      [`src/features/${feature}/**`],
      [
        [["@/app/*"], "Only the application puts features together."],
        [
          FEATURES.filter((other) => other !== feature).flatMap((other) => [
            `@/features/${other}`,
            `@/features/${other}/*`,
          ]),
          "Features link to each other by address; what two of them need belongs into components or lib.",
        ],
        [["../../*"], "Leave the folder by @/, so that the walls can see it."],
      ],
    ),
  ),
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/generated"] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { URL: "readonly", process: "readonly" } },
  },
  {
    files: ["lighthouse/*.mjs"],
    languageOptions: { globals: { console: "readonly" } },
    rules: { "no-console": "off" },
  },
  ...WALLS,
);
