// Package dynamics writes co-browse sessions to Microsoft Dynamics 365 through the Dataverse Web API v9.2, and reads
// Omnichannel conversations as the agent who claims them. It is the only package that knows kiota.
//
// On a case a session is one activity (the custom table when the solution is installed, else a phone call or a task) and one
// note bound to the case itself, because the case's timeline shows neither notes nor files of an activity. The activity is there
// from the start and follows the session; its end and the note, with the transcript as its file, are one change set. Recordings have
// notes of their own beside it. All ids derive from the session and creating is under If-None-Match: *, so a repeat is refused with
// 412, a read tells what is there, and only what is missing is written. A status moves on under the etag that was read with it, so
// that a late word never takes an entry back.
//
// What a process asks of an organisation stays below its service protection limits (Budgets); what it cannot ask now goes back
// to the outbox with the time to wait.
//
// Everything that a person did at the desk is written on behalf of that agent (CallerObjectId): the timeline names them, and
// the effective rights are only what both the application and the agent have.
//
// Nothing here has met a live organisation yet; dataversefake holds the documented rules against it. In particular nobody has
// seen yet: two writes to one record in a change set (create, then state); a note's file in a change set; the property for the
// parties of a custom activity, which is read from its definition; the status of a create whose id another table's activity has
// (taken to be 412).
package dynamics
