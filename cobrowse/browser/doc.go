// Package browser runs one sandboxed Chromium per session and implements cobrowse.Browser with it.
//
// Three connections to each Chromium matter:
//
//   - its DevTools pipe (conn), the only way in. Every page, cross-process frame and popup is attached through it before its
//     first script runs (attach.go), so that nothing is shown to agents that the privacy rules have not seen;
//   - one unpacked extension per session (extension.go): the privacy scripts that run inside of pages, and the hidden capture
//     page (page/) that films the shown tab with tabCapture and encodes it with WebCodecs;
//   - the egress proxy, its only way out.
//
// A Browser outlives its Chromium: when the process dies, the tabs are opened again in a new one (recover.go).
package browser
