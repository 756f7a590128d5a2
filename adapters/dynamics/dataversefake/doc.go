// Package dataversefake is a stand-in for one Dataverse organisation's Web API, for the demo and for tests. No organisation is
// at hand where this product is built, so the stand-in must be stricter than comfortable: it refuses whatever Microsoft's
// documentation does not allow, and it answers as the documentation says. What it enforces:
//
//   - a bearer token, OData-Version, OData-MaxVersion and Accept on every request; bodies with a length and neither
//     compressed nor chunked (what Dataverse makes of those is not documented, so nothing may depend on it);
//   - tables, columns, their lengths, choices and the names that @odata.bind takes, from tables.json, which a test compares
//     with Microsoft's references; statecode is not taken on create where the references say so;
//   - reads with the documented query options, in pages; what is not documented is refused, never ignored;
//   - upsert by GUID, If-None-Match: * (412), If-Match: * (404), etags (412);
//   - $batch with CRLF, change sets that are atomic and run in order, references to Content-IDs;
//   - attachments of notes: the limit counts the Base64 text, blocked extensions, blocks with ids of one length, put together in the order
//     of the commit's list; their token is known for an hour, until the commit and to whoever began; files in columns of their own, in one
//     request, in chunks and in blocks;
//   - impersonation by CallerObjectId: needs the right to act on behalf of others, and the caller then has only the rights
//     that both users have; who is ByRoles has the privileges of their security roles, each as far as its depth reaches; deleting takes
//     a right, too, which by default only administrators have;
//   - parties of activities: made with their activity, of the kinds that its table takes, and then only read;
//   - service protection: 429 with Retry-After, for 6000 requests and 20 minutes of execution in five minutes, and 52 at a time;
//   - after Installable, for those who may customize: tables and columns by the metadata API, roles, jobs that import packages
//     whose parts fit together and remove what they brought.
//
// It has no alternate keys, no aggregates, no lambda expressions and none of Dataverse's own query functions.
//
// State is in memory; with Snapshot and Restore the demo keeps it in a file. Down, Throttle and FailAfter make it misbehave.
package dataversefake
