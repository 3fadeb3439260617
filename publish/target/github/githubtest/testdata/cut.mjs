// Cuts api.github.com.json to the paths that Bindery uses, and to what these refer to:
//
//	npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
//	node cut.mjs package/generated/api.github.com.json > api.github.com.json
import { readFileSync } from "node:fs";

const paths = [
  "/repos/{owner}/{repo}",
  "/repos/{owner}/{repo}/releases",
  "/repos/{owner}/{repo}/releases/assets/{asset_id}",
  "/repos/{owner}/{repo}/releases/tags/{tag}",
  "/repos/{owner}/{repo}/releases/{release_id}",
  "/repos/{owner}/{repo}/releases/{release_id}/assets",
];
const methods = { "/repos/{owner}/{repo}": ["get"] };

const whole = JSON.parse(readFileSync(process.argv[2], "utf8"));
const subset = { openapi: whole.openapi, info: whole.info, servers: whole.servers, paths: {}, components: {} };
for (const path of paths) {
  subset.paths[path] = Object.fromEntries(
    Object.entries(whole.paths[path]).filter(([method]) => !methods[path] || methods[path].includes(method)),
  );
}
const seen = new Set();
function follow(value) {
  if (Array.isArray(value)) return value.forEach(follow);
  if (value === null || typeof value !== "object") return;
  if (typeof value.$ref === "string" && !seen.has(value.$ref)) {
    seen.add(value.$ref);
    const [kind, name] = value.$ref.replace("#/components/", "").split("/");
    (subset.components[kind] ??= {})[name] = whole.components[kind][name];
    follow(whole.components[kind][name]);
  }
  Object.values(value).forEach(follow);
}
follow(subset.paths);
for (const kind of Object.keys(subset.components)) {
  subset.components[kind] = Object.fromEntries(Object.entries(subset.components[kind]).sort(([a], [b]) => (a < b ? -1 : 1)));
}
process.stdout.write(JSON.stringify(subset, null, 1) + "\n");
