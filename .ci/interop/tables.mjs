// Compares what hyparquet sees in files with the rows they were made of.
//
//     node tables.mjs FOLDER
//
// FOLDER is as for tables.py. hyparquet has decimals as numbers and times as dates of milliseconds: these
// are compared as far as that goes. For columns of other single values, filters that use the row groups'
// statistics must find the rows that a scan finds.

import fs from 'node:fs'
import path from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const perMilli = { ms: 1n, us: 1000n, ns: 1000000n }

// same compares a value with the text that TestInterop wrote for it.
function same(got, want, unit) {
  if (want === null) return got === null || got === undefined
  if (got === null || got === undefined) return false
  if (Array.isArray(want)) {
    return got.length === want.length && want.every((w, i) => same(got[i], w))
  }
  if (got instanceof Date) {
    if (unit === undefined) {
      return want.length === 10 ? got.toISOString().slice(0, 10) === want : got.getTime() === Date.parse(want)
    }
    const ticks = BigInt(want), per = perMilli[unit]
    return BigInt(got.getTime()) - ticks / per <= 1n && ticks / per - BigInt(got.getTime()) <= 1n
  }
  if (got instanceof Uint8Array) return Buffer.from(got).toString('hex') === want
  if (typeof want === 'object') return Object.keys(want).every(k => same(got[k], want[k]))
  if (typeof want === 'boolean' || typeof got === 'string') return got === want
  if (typeof got === 'bigint') return String(got) === want
  if (Number.isNaN(got)) return want === 'nan'
  return String(got) === want || bits(got) === want || Math.abs(got - Number(want)) <= 1e-9 * Math.abs(got)
}

function bits(number) {
  const b = Buffer.alloc(8)
  b.writeDoubleBE(number)
  return b.toString('hex')
}

// filters looks for some values of a column, and counts how many it tried.
async function filters(file, rows, name) {
  if (name.includes('.')) return 0 // It would be a path.
  let tried = 0
  const values = [...new Set(rows.map(r => r[name]))].filter(v => ['string', 'number', 'bigint', 'boolean'].includes(typeof v) && v === v)
  for (const value of values.slice(0, 8)) {
    // Strings are ordered by bytes in Parquet and by UTF-16 here.
    const operators = typeof value === 'string' || typeof value === 'boolean' ? ['$eq'] : ['$eq', '$gt', '$gte', '$lt', '$lte']
    for (const operator of operators) {
      const holds = { $eq: v => v === value, $gt: v => v > value, $gte: v => v >= value, $lt: v => v < value, $lte: v => v <= value }[operator]
      const want = rows.filter(r => r[name] !== null && r[name] !== undefined && holds(r[name])).length
      const got = await parquetReadObjects({ file, compressors, utf8: false, columns: [name], filter: { [name]: { [operator]: value } } })
      if (got.length !== want) throw new Error(`${name} ${operator} ${value}: ${got.length} rows of ${want}`)
      tried++
    }
  }
  return tried
}

const folder = process.argv[2]
let faults = 0
let compared = 0
let tried = 0
for (const name of fs.readdirSync(folder).filter(n => n.endsWith('.parquet')).sort()) {
  const { columns, rows } = JSON.parse(fs.readFileSync(path.join(folder, name.replace(/\.parquet$/, '.json')), 'utf8'))
  try {
    const file = await asyncBufferFromFile(path.join(folder, name))
    const got = await parquetReadObjects({ file, compressors, utf8: false })
    if (got.length !== rows.length) throw new Error(`${got.length} rows of ${rows.length}`)
    for (const [i, column] of columns.entries()) {
      const row = rows.findIndex((r, n) => !same(got[n][column.name], r[i], column.unit))
      compared += rows.length
      if (row >= 0) {
        faults++
        console.log(`${name}: ${column.name}[${row}]: got`, got[row][column.name], 'want', JSON.stringify(rows[row][i]))
      }
      tried += await filters(file, got, column.name)
    }
  } catch (e) {
    faults++
    console.log(`${name}: ${e}`)
  }
}
console.log(`values compared: hyparquet ${compared}; ${tried} filters; ${faults} faults`)
process.exit(faults || !compared ? 1 : 0)
