// Package solution sets a Dynamics organisation up for co-browsing and takes everything away again.
//
// Packages builds the two solution packages, each managed and unmanaged, as an administrator may also import them by hand:
// cobrowse holds the button's page, its tab and the pane; cobrowse_record holds the table of sessions and the roles. Steps is
// what installing is made of; every step can tell what is lacking, do it and undo it, so that an installation that broke off
// is just started again. Doctor says what is missing, including what only a person can do.
//
// What Microsoft documents nowhere, and was therefore not seen at work, stands in manifests/dynamics/README.md.
package solution
