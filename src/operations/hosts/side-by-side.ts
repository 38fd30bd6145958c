export interface SideBySideOptions<Item> {
  /** How many at a time; default 16: an EC2 Instance Connect Endpoint carries 20 connections. */
  readonly width?: number;
  /** Told when most are done and these few are not, each time that nothing has come to its end for a while. */
  readonly onSlow?: (slow: readonly Item[]) => void;
  /** Milliseconds of that while; default 10,000. */
  readonly patience?: number;
}

/** Works on all items at once, up to a width. Answers in the items' order; the first failure rejects. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { width = 16, onSlow, patience = 10_000 }: SideBySideOptions<Item> = {},
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const open = new Set(items);
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(timer);
    // The few are slow where most are done.
    if (onSlow === undefined || open.size === 0 || open.size * 2 >= items.length) return;
    timer = setTimeout(() => onSlow([...open]), patience);
  };
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at]!;
      results[at] = await work(item);
      open.delete(item);
      look();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
    return results;
  } finally {
    clearTimeout(timer);
  }
}
