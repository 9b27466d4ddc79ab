import type { AppRouter } from "./router";

const OTHER_PLACES = /^\/(api|login|logout|oauth2|health)(\/|$)/;

/** Makes every link to a page of ours open without loading anew, wherever the link stands. */
export function followLinks(router: AppRouter): () => void {
  const follow = (event: MouseEvent) => {
    const href = hrefToFollow(event);
    if (href === null) return;
    event.preventDefault();
    router.history.push(href);
  };
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}

function hrefToFollow(event: MouseEvent): string | null {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return null;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target === "_blank" || link.download) return null;
  if (link.origin !== location.origin || OTHER_PLACES.test(link.pathname)) return null;
  if (link.hash && link.pathname === location.pathname) return null;
  return link.pathname + link.search;
}
