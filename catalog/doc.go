// Package catalog says what one release is while it lies still: its declaration, its manifest, its
// names, sizes and digests.
//
// # The declaration
//
// A release is declared in bindery.toml, a file of TOML of at most 1 MiB. Load reads it. This comment
// specifies all of it but the fields, which the package schema specifies. Keys are required where it
// says so; a key that is not listed is a mistake. Texts are of one line and not blank, unless they are
// Markdown.
//
// # [dataset]
//
//	name           required; [a-z0-9][a-z0-9._-]*, at most 96 characters, as ValidDatasetName has it
//	title          required
//	version        required; a semantic version with three numbers, at most 64 characters, without
//	               build metadata (+...), as ValidVersion has it
//	date           required; the day of the release, as a TOML date without quotes: 2026-11-23
//	description    Markdown
//	license        required; an SPDX license expression: "CC-BY-4.0", "LicenseRef-Terms"
//	license_files  the texts of licenses and exceptions that [dataset] and [[sources]] name, by their
//	               ids, as files relative to the declaration: { LicenseRef-Terms = "TERMS.txt" }.
//	               LicenseRef- ids need one, and so do ids whose text is not on board
//	languages      BCP 47 tags in their canonical form: ["is", "pt-BR"]
//	authors        a list of tables with name (required), email, orcid, url and affiliation
//	homepage       a web address
//	keywords       a list
//	tasks          a list of Hugging Face task categories and sub-tasks: ["translation"]. One that the Hub
//	               does not list is a tag on the card
//	annotations_creators
//	               how annotations came about, a list of "crowdsourced", "expert-generated", "found",
//	               "machine-generated", "no-annotation" and "other"
//	synthetic      true or false: whether records, or parts of them, were made by a model or a program
//	visibility     "public", which is the default, or "private"
//
// A license's text is put in a file named for its id. So an id has at most 188 characters, ids differ in
// more than letter case, and DocumentRef- references are refused.
//
// # [[sources]]
//
// One table for each source of the content:
//
//	name           required
//	url            a web address
//	license        an SPDX license expression
//	copyright      the copyright line; one, as all texts that are not Markdown
//
// # [card]
//
// What the card, README.md, says beside what the rest of the declaration and the data say.
//
//	file           a file of Markdown, UTF-8 and at most 1 MiB, relative to the declaration, without a YAML
//	               header. It stands in the card as it is, before the datasheet
//
// The sections of the datasheet, in Markdown: motivation, composition, collection, preprocessing,
// annotations, personal_data, uses, limitations, biases, social_impact, distribution, maintenance.
//
// Markdown stands in the card as it was written. Where a block of code or HTML in it is never ended, its
// end is added, so that it does not swallow the rest. In a cell of a table, as the description of a field
// is, it is put on one line. All other texts are no Markdown and are escaped.
//
// # [[splits]]
//
// One table for each split, at least one:
//
//	name           required; letters, digits and _ of ASCII, with dots between, at most 64 characters;
//	               unlike the config's other splits, letter case ignored
//	shards         required; files or globs
//	format         "jsonl", "json", "csv", "tsv", "parquet", "arrow" or "arrows"; said by the names of
//	               the shards unless declared
//	compression    "none", "gzip", "zstd", "bzip2" or "xz"; said by the names unless declared
//	delimiter      the one ASCII character between the cells of csv or tsv: not a quote ("), a line end,
//	               NUL or DEL. It is refused where a shard is of another format
//
// Shards are named relative to the declaration's folder, with forward slashes; a name may begin with
// ../ or be absolute. A glob has, for each element between slashes, the syntax of path.Match: * ? [a-z]
// and a backslash before a character that is meant as itself. Its files are taken in the order of the
// bytes of their names; folders are passed over, and so are names that begin with a dot, such as .DS_Store,
// unless the element begins with one too. ** is a mistake: each level is named, as in a/*/x. A
// name without a special character must be a file's, and a glob must match one; a folder that a glob
// needs and that cannot be read is a mistake. A file that a split names twice is read once; a file in two
// splits of one config is a mistake. So it is under any of its names: symbolic links are followed. A split
// has at most 10,000 names and globs, and a declaration at most a million shards.
//
// # [schema] and [fields.NAME]
//
// The fields of the records; see the package schema.
//
// # [configs.NAME]
//
// A dataset whose records differ in their fields has several configs. Then splits, schema and fields
// stand in the table of each config, beside a description in Markdown, and not at the top level:
//
//	[configs.opinions]
//	description = "The opinions as published."
//	[[configs.opinions.splits]]
//	[configs.opinions.fields.id]
//
// Without [configs] there is one config, named "default". A config's name is made of letters, digits,
// '.', '_' and '-' of ASCII, at most 64 of them, and begins with neither a dot nor a dash.
//
// No dataset, config or split has the name of a device on Windows, with or without an ending: con, prn,
// aux, nul, com0 to com9, lpt0 to lpt9, letter case ignored.
//
// # [build]
//
// Sizes are numbers of bytes, or strings of a number without a point and a unit: B, kB (or KB), MB and GB
// count by 1000, KiB, MiB and GiB by 1024.
//
//	file_size      what Parquet files are kept under, 1MiB to 500GiB; "256MiB" unless declared
//	unit_size      the input that one row group is made of, 64KiB to 64MiB; "16MiB" unless declared
//	compression    "zstd", which is the default, "snappy" or "none"
//	on_invalid     "fail", which is the default: a record with a finding fails the build; or
//	               "quarantine": such records are set aside. A record that repeats a key of an earlier
//	               one is set aside even if the earlier one is set aside for repeating another key; one
//	               that is set aside for what it holds leaves its keys to others
//	max_invalid    with "quarantine" alone, the share of the records from 0 to 1 that may be set aside; 0.01
//	               unless declared
//
// # [publish]
//
//	to             the targets that a release is published to: ["dir:./releases", "github:owner/repo"]
//	tag            what a release's tag is made of, at targets that have tags: "v{version}". Letters,
//	               digits, '.', '_', '-', {name} and {version}, of which the last must be there;
//	               "{name}-v{version}" unless declared
package catalog
