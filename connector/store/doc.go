// Package store opens the product's database: SQLite for one machine, PostgreSQL for many.
//
// Both get the same SQL text: `$1` placeholders, BIGINT Unix milliseconds for times, SMALLINT flags, TEXT for JSON, upserts
// with ON CONFLICT, RETURNING. The packages that own tables write their own SQL against DB; package storetest runs their tests
// on both. Migrations are numbered files in migrations, never changed once released.
package store
