import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";

interface SettingsTableProps<Item> {
  title: string;
  items: readonly Item[];
  columns: readonly TableProps.ColumnDefinition<Item>[];
  rowId: (item: Item) => string;
  description?: ReactNode;
  actions?: ReactNode;
  empty: ReactNode;
}

/** Settings of one kind; there are few of them, so they need neither pages nor filters. */
export function SettingsTable<Item>(props: SettingsTableProps<Item>) {
  const { title, items, columns, rowId, description, actions, empty } = props;
  return (
    <Table<Item>
      variant="container"
      wrapLines
      items={items}
      columnDefinitions={columns}
      trackBy={rowId}
      ariaLabels={{ tableLabel: title }}
      header={
        <Header variant="h2" counter={`(${items.length})`} description={description} actions={actions}>
          {title}
        </Header>
      }
      empty={
        <Box textAlign="center" color="text-body-secondary" padding="s">
          {empty}
        </Box>
      }
    />
  );
}
