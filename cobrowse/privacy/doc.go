// Package privacy turns a company's policy into what is injected into every page, and decides what may leave.
//
// It has three parts that know nothing of each other's innards:
//
//   - Compile makes the in-page half: a session's extension carries a mask sheet, an engine that marks private elements in an
//     isolated world, hooks in the page's own world, and a service worker. The sources are TypeScript in page/, embedded and
//     bundled once per process.
//   - Gate says whether agents and recordings may see the picture. It is closed until every frame of the shown document has
//     confirmed its masks.
//   - Redactor removes private data from strings that travel beside the picture: titles, addresses, names.
//
// # How a page is kept private
//
// Four layers, none of which is trusted alone. L1: an author sheet that is there before the first paint; it holds a curtain that
// clips the whole document away. L2: a user-origin sheet, which no page style can beat; it holds the company's selectors and modes and
// the only rule that lifts the curtain, for a root that the engine has marked: so nothing is painted before both are at work. L3:
// the engine finds private text, fields, attributes and shadow roots and marks elements by an attribute whose name is random per
// session. L4: hooks in the page's world report what leaves no mutation record (value setters, attachShadow, style sheet changes,
// document.open), synchronously.
//
// The engine also holds the guard: capture listeners that swallow an agent's actions on guarded elements, whatever the path.
//
// # What the engine says
//
// Through the binding (Bundle.Binding, visible only in the engine's world) it sends JSON, see Message. The browser calls the
// engine's global __cobrowse: setActor, pointBlocked, keyBlocked, collect, setRules, reveal, nudge, state.
//
// # Rules that change
//
// Bundle.With makes the bundle of a changed policy for the same session. The browser writes its files over the old ones (each by a
// rename) and calls __cobrowse.setRules with Bundle.Rules in every document, also in those that appear meanwhile: a repeat does
// nothing. Marks stand when the call begins to wait; its promise is fulfilled, with the time in epoch milliseconds, when the sheet
// stands too; a ready with that time is said as well. It rejects, and changes nothing, when Chromium does not understand a selector:
// write the old files back then, or later documents stay closed. Chromium reads content scripts once, so a later document starts with the
// first rules; its engine asks the service worker for the sheet, which looks into rules.json and hands out the newer rules first.
package privacy
