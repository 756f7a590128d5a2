// Package pdf tests how a PDF is read together: the page of ours that takes its place, in the shared browser's own Chromium with its
// masks and its guard. The files are made by the tests.
package pdf
