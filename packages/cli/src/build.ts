/** What the bundle carries beside the code: set by esbuild in `dev.mjs`, absent when a test runs the sources. */

declare const EVERYNODE_VERSION: string | undefined;
declare const EVERYNODE_VIEWER_JS: string | undefined;

export const VERSION: string = typeof EVERYNODE_VERSION === 'string' ? EVERYNODE_VERSION : '0.0.0';
/** The browser side of the report as one script; empty: the page is static. */
export const VIEWER_JS: string = typeof EVERYNODE_VIEWER_JS === 'string' ? EVERYNODE_VIEWER_JS : '';
/** Name and version, for the header of a trace. */
export const TOOL: string = `everynode ${VERSION}`;
