package privacy

import "cobrowse-connector/cobrowse"

// ourGuards are the guards that every policy has: they are for pages of ours inside the shared browser. A copy of a PDF, with what was
// filled in, is the customer's.
var ourGuards = []cobrowse.GuardRule{{ID: "pdf-copy", Selector: "a[data-customers][download]"}}
