// Compares what hyparquet sees in the files of TestInterop with the rows they were made of.
//
//     BINDERY_INTEROP=/some/folder go test -run TestInterop ./publish/parquet/
//     npm install hyparquet hyparquet-compressors
//     node check.mjs /some/folder
//
// hyparquet has decimals as numbers and times as dates of milliseconds: these are compared as far as
// that goes.

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
    if (unit === undefined) return got.toISOString().slice(0, 10) === want
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

const folder = process.argv[2]
let faults = 0
let compared = 0
for (const name of fs.readdirSync(folder).filter(n => n.endsWith('.parquet')).sort()) {
  const { columns, rows } = JSON.parse(fs.readFileSync(path.join(folder, `${name.split('.')[0]}.json`), 'utf8'))
  try {
    const file = await asyncBufferFromFile(path.join(folder, name))
    const got = await parquetReadObjects({ file, compressors, utf8: false })
    if (got.length !== rows.length) throw new Error(`${got.length} rows of ${rows.length}`)
    columns.forEach((column, i) => {
      const row = rows.findIndex((r, n) => !same(got[n][column.name], r[i], column.unit))
      compared += rows.length
      if (row < 0) return
      faults++
      console.log(`${name}: ${column.name}[${row}]: got`, got[row][column.name], 'want', JSON.stringify(rows[row][i]))
    })
  } catch (e) {
    faults++
    console.log(`${name}: ${e}`)
  }
}
console.log(`${compared} values compared, ${faults} faults`)
process.exit(faults ? 1 : 0)
