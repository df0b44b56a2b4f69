// A OneRoster 1.2 provider on Node's own http module: what one developer makes of the standard, without a framework.
// SLIPS in the environment names mistakes to make, HABITS what it may do besides; CLIENTS is a file of who may ask.
import {randomBytes} from "node:crypto";

import {readFileSync} from "node:fs";
import {town} from "./town.mjs";

const slips = new Set((process.env.SLIPS ?? "").split(",")), slip = (name) => slips.has(name);
const habits = new Set((process.env.HABITS ?? "").split(",")), habit = (name) => habits.has(name);
const SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/";
const BASE = {rostering: "/or/ims/oneroster/rostering/v1p2", gradebook: "/or/ims/oneroster/gradebook/v1p2", resources: "/or/ims/oneroster/resources/v1p2"};
const PLURAL = {academicSession: "academicSessions", class: "classes", course: "courses", org: "orgs", user: "users", enrollment: "enrollments", demographics: "demographics",
  resource: "resources", category: "categories", scoreScale: "scoreScales", lineItem: "lineItems", result: "results", assessmentLineItem: "assessmentLineItems", assessmentResult: "assessmentResults"};
const SERVICE = {resource: "resources", category: "gradebook", scoreScale: "gradebook", lineItem: "gradebook", result: "gradebook", assessmentLineItem: "gradebook", assessmentResult: "gradebook"};

// --- who may ask ---
const clients = JSON.parse(readFileSync(process.env.CLIENTS, "utf8")); // {id: {secret, tenant, scopes?: []}}
const tenants = {};
for (const {tenant} of Object.values(clients)) tenants[tenant] ??= town(tenant, tenant === "kk" ? 12 : 3);
const tokens = new Map();
const EVERY = ["roster.readonly", "roster-core.readonly", "roster-demographics.readonly", "gradebook.readonly", "gradebook-core.readonly", "gradebook.createput",
  "gradebook.createpost", "gradebook.delete", "assessment.readonly", "assessment.createput", "assessment.delete", "resource.readonly", "resource-core.readonly"].map((s) => SCOPE + s);

class Refusal extends Error {
  constructor(status, minor, text) { super(text); Object.assign(this, {status, minor}); }
}

function issue(request, response, body) {
  const oauth = (status, error, headers = {}) => send(response, status, {error}, {"Cache-Control": "no-store", ...headers});
  const form = new URLSearchParams(body);
  const [, packed] = /^basic\s+(.*)$/i.exec(request.headers.authorization ?? "") ?? [];
  const plus = (text) => decodeURIComponent(text.replaceAll("+", " "));
  const [id, ...rest] = packed ? Buffer.from(packed, "base64").toString("utf8").split(":") : [form.get("client_id") ?? "", form.get("client_secret") ?? ""];
  const client = clients[plus(id)];
  if (!client || client.secret !== plus(rest.join(":"))) return oauth(401, "invalid_client", {"WWW-Authenticate": 'Basic realm="token"'});
  if (form.get("grant_type") !== "client_credentials") return oauth(400, form.has("grant_type") ? "unsupported_grant_type" : "invalid_request");
  const allowed = client.scopes ?? EVERY;
  const asked = (form.get("scope") ?? "").split(" ").filter(Boolean);
  const granted = asked.length ? asked.filter((s) => allowed.includes(s)) : allowed;
  if (!granted.length) return oauth(400, "invalid_scope");
  const token = randomBytes(24).toString("base64url");
  tokens.set(token, {tenant: client.tenant, scopes: new Set(slip("scopes-of-client") ? allowed : granted), until: Date.now() + 600_000});
  send(response, 200, {access_token: token, token_type: "Bearer", expires_in: 600, scope: granted.join(" ")}, {"Cache-Control": "no-store", Pragma: "no-cache"});
}

function session(request, scopes) {
  const [, token] = /^bearer +(.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const found = token && tokens.get(token.trim());
  if (!found || found.until < Date.now()) throw new Refusal(401, "unauthorisedrequest", "no valid token");
  if (scopes && !scopes.some((s) => found.scopes.has(SCOPE + s))) throw new Refusal(403, "forbidden", "the token has no scope for this");
  return found;
}

// --- what there is ---
const refers = (record, field, id) => [record[field]].flat().some((link) => link?.sourcedId === id);
const hasRole = (user, role, org) => user.roles.some((r) => r.role === role && (!org || r.org.sourcedId === org));
const parts = {
  "type=": (t) => (s) => s.type === t,
  term: (s) => s.type === "term" || s.type === "semester",
};
const enrolled = (db, cls, role) => {
  const ids = new Set([...db.enrollments.values()].filter((e) => e.status === "active" && refers(e, "class", cls) && e.role === role).map((e) => e.user.sourcedId));
  return [...db.users.values()].filter((u) => ids.has(u.sourcedId));
};
const classesOf = (db, user, role) => {
  const ids = new Set([...db.enrollments.values()].filter((e) => e.status === "active" && refers(e, "user", user) && (!role || e.role === role)).map((e) => e.class.sourcedId));
  return [...db.classes.values()].filter((c) => ids.has(c.sourcedId));
};
const all = (db, name) => [...db[name].values()];

/** path with {} -> [type of what is listed, rows(db, ...ids), kinds of parents]; a trailing single read is made of it. */
const views = {
  academicSessions: ["academicSession"], terms: ["academicSession", parts.term], gradingPeriods: ["academicSession", parts["type="]("gradingPeriod")],
  orgs: ["org"], schools: ["org", parts["type="]("school")], courses: ["course"], classes: ["class"], enrollments: ["enrollment"], demographics: ["demographics"],
  users: ["user"], students: ["user", (u) => hasRole(u, "student")], teachers: ["user", (u) => hasRole(u, "teacher")],
  resources: ["resource"], categories: ["category"], scoreScales: ["scoreScale"], lineItems: ["lineItem"], results: ["result"],
  assessmentLineItems: ["assessmentLineItem"], assessmentResults: ["assessmentResult"],
};
/** By the class of the line item. The first version went by that of the result, which is optional; so does the slip. */
const resultsOf = (db, c) => all(db, "results").filter((r) => refers(slip("class-of-result") ? r : db.lineItems.get(r.lineItem.sourcedId) ?? {}, "class", c));
const below = (field, name) => (db, id) => all(db, name).filter((r) => refers(r, field, id));
const linked = (parent) => (db, id) => { const ids = new Set((db[parent].get(id)?.resources ?? []).map((r) => r.sourcedId)); return all(db, "resources").filter((r) => ids.has(r.sourcedId)); };
const nested = {
  "schools/{}/classes": ["class", below("school", "classes")],
  "schools/{}/courses": ["course", (db, s) => { const ids = new Set(below("school", "classes")(db, s).map((c) => c.course.sourcedId)); return all(db, "courses").filter((c) => ids.has(c.sourcedId) || refers(c, "org", s)); }],
  "schools/{}/enrollments": ["enrollment", below("school", "enrollments")],
  "schools/{}/students": ["user", (db, s) => all(db, "users").filter((u) => hasRole(u, "student", s))],
  "schools/{}/teachers": ["user", (db, s) => all(db, "users").filter((u) => hasRole(u, "teacher", s))],
  "schools/{}/terms": ["academicSession", (db, s) => { const ids = new Set(below("school", "classes")(db, s).flatMap((c) => c.terms.map((t) => t.sourcedId))); return all(db, "academicSessions").filter((t) => ids.has(t.sourcedId)); }],
  "schools/{}/classes/{}/enrollments": ["enrollment", (db, s, c) => all(db, "enrollments").filter((e) => refers(e, "class", c) && refers(e, "school", s))],
  "schools/{}/classes/{}/students": ["user", (db, s, c) => refers(db.classes.get(c) ?? {}, "school", s) ? enrolled(db, c, "student") : []],
  "schools/{}/classes/{}/teachers": ["user", (db, s, c) => refers(db.classes.get(c) ?? {}, "school", s) ? enrolled(db, c, "teacher") : []],
  "classes/{}/students": ["user", (db, c) => enrolled(db, c, slip("teachers-are-students") ? "teacher" : "student")], "classes/{}/teachers": ["user", (db, c) => enrolled(db, c, "teacher")],
  "courses/{}/classes": ["class", below("course", "classes")],
  "students/{}/classes": ["class", (db, u) => classesOf(db, u, "student")], "teachers/{}/classes": ["class", (db, u) => classesOf(db, u, "teacher")], "users/{}/classes": ["class", (db, u) => classesOf(db, u)],
  "terms/{}/classes": ["class", below("terms", "classes")],
  "terms/{}/gradingPeriods": ["academicSession", (db, t) => all(db, "academicSessions").filter((s) => s.type === "gradingPeriod" && refers(s, "parent", t))],
  "classes/{}/resources": ["resource", linked("classes")], "courses/{}/resources": ["resource", linked("courses")], "users/{}/resources": ["resource", linked("users")],
  "classes/{}/categories": ["category", (db, c) => { const ids = new Set(below("class", "lineItems")(db, c).map((i) => i.category.sourcedId)); return all(db, "categories").filter((k) => ids.has(k.sourcedId)); }],
  "classes/{}/lineItems": ["lineItem", below("class", "lineItems")],
  "classes/{}/lineItems/{}/results": ["result", (db, c, i) => resultsOf(db, c).filter((r) => refers(r, "lineItem", i))],
  "classes/{}/results": ["result", (db, c) => resultsOf(db, c)], "classes/{}/scoreScales": ["scoreScale", below("class", "scoreScales")],
  "classes/{}/students/{}/results": ["result", (db, c, s) => resultsOf(db, c).filter((r) => refers(r, "student", s))],
  "schools/{}/scoreScales": ["scoreScale", (db, s) => { const ids = new Set(below("school", "classes")(db, s).map((c) => c.sourcedId)); return all(db, "scoreScales").filter((k) => ids.has(k.class.sourcedId)); }],
};

const readScopes = (type, path) => {
  if (type === "demographics") return ["roster-demographics.readonly"];
  if (type.startsWith("assessment")) return type === "assessmentLineItem" || type === "assessmentResult" ? ["assessment.readonly"] : [];
  const word = {gradebook: "gradebook", resources: "resource"}[SERVICE[type]] ?? "roster";
  return path.includes("{}/") ? [`${word}.readonly`] : [`${word}.readonly`, `${word}-core.readonly`];
};
const scopesOf = (type, path) => type === "academicSession" ? (path.includes("{}/") ? ["roster.readonly"] : ["roster.readonly", "roster-core.readonly"]) : readScopes(type, path);

// --- how it is asked for ---
const values = (record, path) => path.split(".").reduce((found, name) => found.flatMap((v) => [v?.[name]].flat()), [record]).filter((v) => v !== undefined);
const FIELDS = JSON.parse(readFileSync(new URL("fields.json", import.meta.url), "utf8"));

function condition(text, type) {
  const clause = /^([A-Za-z][\w.-]*)(!=|>=|<=|=|>|<|~)'(.*)'$/su;
  const whole = /^(.*?') (AND|OR) ([A-Za-z].*)$/su.exec(text);
  const one = (part) => {
    const [, field, sign, literal] = clause.exec(part) ?? [];
    if (!field || !FIELDS[type].includes(field.split(".")[0])) throw new Refusal(400, "invalid_filter_field", `no such filter: ${part}`);
    const stamp = /(Date|Modified)$/.test(field);
    const compare = (v) => {
      let a = v, b = literal;
      if (typeof v === "number") b = Number(literal);
      else if (stamp && !Number.isNaN(Date.parse(v)) && !Number.isNaN(Date.parse(b))) [a, b] = [Date.parse(v), Date.parse(b)];
      else a = String(v);
      switch (sign) {
        case "=": return a === b; case "!=": return a !== b; case "~": return String(v).toLowerCase().includes(literal.toLowerCase());
        case ">": return a > b; case ">=": return slip("at-least-is-more") ? a > b : a >= b; case "<": return a < b; default: return a <= b;
      }
    };
    return (record) => { const found = values(record, field); return sign === "!=" ? found.every(compare) : found.some(compare); };
  };
  if (!whole) return one(text);
  const [left, right] = [one(whole[1]), one(whole[3])];
  return whole[2] === "AND" ? (r) => left(r) && right(r) : (r) => left(r) || right(r);
}

function listing(rows, type, query, url) {
  const count = (name, otherwise, least) => {
    if (!query.has(name)) return otherwise;
    const text = query.get(name);
    if (!/^\d+$/.test(text) || Number(text) < least) throw new Refusal(400, "invaliddata", `${name} must be a whole number`);
    return Number(text);
  };
  const limit = Math.min(count("limit", 100, 1), habit("cap-50") ? 50 : 1000), offset = count("offset", 0, 0);
  if (query.get("filter")) rows = rows.filter(condition(query.get("filter"), type));
  const key = query.get("sort");
  if (key && FIELDS[type].includes(key)) {
    const down = query.get("orderBy") === "desc" ? -1 : 1;
    const text = (r) => r[key] ?? "";
    rows = [...rows].sort((a, b) => typeof text(a) !== "number" ? (String(text(a)) < String(text(b)) ? -down : String(text(a)) > String(text(b)) ? down : 0) : down * (text(a) - text(b)));
  }
  const page = rows.slice(offset, offset + limit), total = slip("total-of-page") ? page.length : rows.length;
  const link = (at) => { const to = new URL(url); to.searchParams.set("limit", limit); to.searchParams.set("offset", at); return to.href; };
  const rel = [["first", link(0)], ["last", link(Math.max(0, Math.floor((rows.length - 1) / limit) * limit))]];
  if (offset + limit < rows.length) rel.push(["next", link(offset + limit)]);
  if (offset) rel.push(["prev", link(Math.max(0, offset - limit))]);
  return [page, {"X-Total-Count": total, Link: rel.map(([name, href]) => `<${href}>; rel="${name}"`).join(", ")}];
}

function chosen(type, query) {
  if (!query.has("fields")) return (record) => record;
  const names = query.getAll("fields").flatMap((text) => text.split(",")).map((text) => text.trim());
  for (const name of names) if (!FIELDS[type].includes(name)) throw new Refusal(400, "invalid_selection_field", `no such field: ${name}`);
  return (record) => Object.fromEntries(Object.entries(record).filter(([name]) => name === "sourcedId" || names.includes(name)));
}

/** A record as it goes out: links get their addresses here, so that they follow the host that was asked. */
const told = (value, origin) => Array.isArray(value) ? value.map((v) => told(v, origin))
  : value && typeof value === "object"
    ? {...(value.sourcedId && value.type && PLURAL[value.type] && !value.status && {href: `${origin}${BASE[SERVICE[value.type] ?? "rostering"]}/${PLURAL[value.type]}/${encodeURIComponent(value.sourcedId)}`}), ...Object.fromEntries(Object.entries(value).map(([k, v]) => [k, told(v, origin)]))}
    : slip("booleans") && (value === "true" || value === "false") ? value === "true" : value;

export {FIELDS, slip, habit, SCOPE, BASE, PLURAL, SERVICE, Refusal, tenants, views, nested, issue, session, scopesOf, listing, chosen, told};
export function send(response, status, body, headers = {}) {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {...(body !== undefined && {"Content-Type": "application/json; charset=utf-8"}), "Content-Length": Buffer.byteLength(text), ...headers});
  response.end(response.req.method === "HEAD" ? undefined : text);
}
