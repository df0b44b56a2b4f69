// `node serve.mjs`: the provider on a free port of this machine; it prints one line of JSON that says where.
import {createHash} from "node:crypto";
import {createServer} from "node:http";
import {BASE, FIELDS, PLURAL, Refusal, SERVICE, chosen, habit, issue, listing, nested, scopesOf, send, session, slip, tenants, told, views} from "./provider.mjs";



const refuse = (response, {status, minor, message}, headers = {}) => send(response, status, {
  imsx_codeMajor: "failure", imsx_severity: "error", imsx_description: message,
  imsx_CodeMinor: {imsx_codeMinorField: [{imsx_codeMinorFieldName: "TargetEndSystem", imsx_codeMinorFieldValue: minor}]},
}, status === 401 ? {"WWW-Authenticate": "Bearer", ...headers} : headers);
const unknown = () => new Refusal(404, "unknownobject", "Unknown Object");
const serviceOf = (type) => SERVICE[type] ?? "rostering";

function read(request, response, service, path, url) {
  const steps = path.split("/").map(decodeURIComponent);
  const shape = steps.map((step, n) => n % 2 ? "{}" : step).join("/");
  const ids = steps.filter((_, n) => n % 2);
  const origin = `http://${request.headers.host}`;
  const query = url.searchParams;
  const answer = (body, headers = {}) => {
    const etag = habit("tags") ? {ETag: `"${createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 16)}"`} : {};
    if (etag.ETag && request.headers["if-none-match"] === etag.ETag) return send(response, 304, undefined, etag);
    send(response, 200, body, {...etag, "Cache-Control": "private, no-cache", Vary: "Authorization", ...headers});
  };
  const list = (type, rows) => {
    const [page, headers] = listing(rows, type, query, `${origin}${url.pathname}${url.search}`);
    const choose = chosen(type, query);
    answer({[PLURAL[type]]: page.map((record) => told(choose(record), origin))}, headers);
  };
  const view = views[steps[0]];
  if (steps.length <= 2 && view && serviceOf(view[0]) === service) {
    const [type, part = () => true] = view;
    const {tenant} = session(request, scopesOf(type, shape));
    const db = tenants[slip("tenant-of-single") && steps.length === 2 ? Object.keys(tenants)[0] : tenant];
    if (steps.length === 1) {
      return list(type, [...db[PLURAL[type]].values()].filter(part));
    }
    const found = db[PLURAL[type]].get(ids[0]);
    if (!found || !part(found)) throw unknown();
    return answer({[type]: told(chosen(type, query)(found), origin)});
  }
  const below = nested[shape];
  if (!below || serviceOf(below[0]) !== service) throw unknown();
  const [type, rows] = below;
  const {tenant} = session(request, scopesOf(type, shape));
  const db = tenants[tenant];
  const kinds = {schools: "orgs", students: "users", teachers: "users", terms: "academicSessions"};
  steps.forEach((step, n) => {
    if (n % 2) return;
    if (n + 1 < steps.length && !db[kinds[step] ?? step].get(ids[n / 2])) throw unknown();
    const part = views[step]?.[1];
    if (n + 1 < steps.length && part && !part(db[kinds[step] ?? step].get(ids[n / 2]))) throw unknown();
  });
  const found = rows(db, ...ids);
  return list(type, found);
}

// --- writing ---
const REQUIRED = {
  category: ["title"], scoreScale: ["title", "type", "class", "scoreScaleValue"],
  lineItem: ["title", "assignDate", "dueDate", "class", "school", "category"], result: ["lineItem", "student", "scoreStatus", "scoreDate"],
  assessmentLineItem: ["title"], assessmentResult: ["assessmentLineItem", "student", "scoreDate", "scoreStatus"],
};
const LINKS = {class: "classes", school: "orgs", category: "categories", lineItem: "lineItems", student: "users", scoreScale: "scoreScales", course: "courses", gradingPeriod: "academicSessions",
  academicSession: "academicSessions", assessmentLineItem: "assessmentLineItems", parentAssessmentLineItem: "assessmentLineItems"};
const wrong = (message) => new Refusal(422, "invaliddata", message);

/** What stands in the wrapper. The first version read `body[key]`, which null and nobody's test had; so does the slip. */
const wrapped = (body, key) => slip("null-crashes") ? body[key] : body?.[key];
/** Date.parse takes 30 February for 2 March; the first version took its word. */
const isDay = (text) => {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};
const isLink = (value) => value && typeof value === "object" && typeof value.sourcedId === "string";
const TEXTS = ["title", "type", "description", "textScore", "comment"], FLAGS = ["inProgress", "incomplete", "late", "missing"];

/** What is wrong with the kinds of values; the first version did not look. */
function kinds(type, given) {
  for (const name of Object.keys(given)) if (!FIELDS[type].includes(name)) throw wrong(`${type} has no ${name}`);
  for (const name of Object.keys(LINKS)) if (given[name] !== undefined && (!isLink(given[name]) || !given[name].type)) throw wrong(`${type}.${name} is no link`);
  for (const name of TEXTS) if (given[name] !== undefined && typeof given[name] !== "string") throw wrong(`${type}.${name} is no text`);
  for (const name of FLAGS) if (given[name] !== undefined && !["true", "false"].includes(given[name])) throw wrong(`${type}.${name} is neither true nor false`);
  const scale = given.scoreScaleValue;
  if (scale !== undefined && !(Array.isArray(scale) && scale.length && scale.every((v) => typeof v?.itemValueLHS === "string" && typeof v?.itemValueRHS === "string"))) throw wrong(`${type}.scoreScaleValue`);
  if (given.scoreDate !== undefined && !isDay(given.scoreDate)) throw wrong(`${type}.scoreDate is no day`);
}

function sound(db, type, given) {
  if (!given || typeof given !== "object" || Array.isArray(given)) throw wrong(`${type} must be an object`);
  for (const name of REQUIRED[type]) if (given[name] === undefined || given[name] === null || given[name] === "") throw wrong(`${type}.${name} is missing`);
  for (const [name, collection] of Object.entries(LINKS)) {
    if (given[name] !== undefined && !db[collection].has(given[name]?.sourcedId)) throw wrong(`${type}.${name} leads nowhere`);
  }
  if (!slip("kinds-unchecked")) kinds(type, given);
  if (given.status !== undefined && !["active", "tobedeleted"].includes(given.status)) throw wrong(`${type}.status`);
  for (const name of ["score", "weight", "resultValueMin", "resultValueMax", "scorePercentile"]) if (given[name] !== undefined && typeof given[name] !== "number") throw wrong(`${type}.${name} is no number`);
  for (const name of ["scoreDate", "assignDate", "dueDate"]) if (given[name] !== undefined && Number.isNaN(Date.parse(given[name]))) throw wrong(`${type}.${name} is no date`);
  if (given.scoreStatus !== undefined && !/^(exempt|fully graded|not submitted|partially graded|submitted|ext:[\w.-]+)$/.test(given.scoreStatus)) throw wrong(`${type}.scoreStatus`);
  const kept = JSON.parse(JSON.stringify(given), (key, value) => key === "href" ? undefined : value);
  for (const name of ["assignDate", "dueDate"]) if (kept[name]) kept[name] = new Date(kept[name]).toISOString();
  return kept;
}
const store = (db, type, id, kept) => db[PLURAL[type]].set(id, {...kept, sourcedId: id, status: kept.status ?? "active", dateLastModified: new Date().toISOString()});
const OPEN = {result: "gradebook", lineItem: "gradebook", category: "gradebook", scoreScale: "gradebook", assessmentLineItem: "assessment", assessmentResult: "assessment"};

function write(request, response, path, body) {
  const steps = path.split("/").map(decodeURIComponent);
  const parsed = () => { try { return JSON.parse(body); } catch { throw new Refusal(400, "invaliddata", "the body is no JSON"); } };
  const type = views[steps[0]]?.[0];
  if (steps.length === 2 && OPEN[type] && request.method !== "POST") {
    const db = tenants[session(request, [`${OPEN[type]}.${request.method === "PUT" ? "createput" : "delete"}`]).tenant];
    const rows = db[PLURAL[type]];
    if (request.method === "DELETE") {
      if (!rows.delete(steps[1])) throw unknown();
      return send(response, 204, undefined);
    }
    const kept = sound(db, type, wrapped(parsed(), type));
    if (kept.sourcedId !== undefined && kept.sourcedId !== steps[1]) throw wrong(`${type}.sourcedId is not that of the address`);
    const there = rows.has(steps[1]);
    store(db, type, steps[1], slip("put-merges") && there ? {...rows.get(steps[1]), ...kept} : kept);
    return send(response, there ? 200 : 201, undefined);
  }
  const shape = steps.map((step, n) => n % 2 ? "{}" : step).join("/");
  const posts = {"classes/{}/lineItems": "lineItem", "schools/{}/lineItems": "lineItem", "lineItems/{}/results": "result", "classes/{}/academicSessions/{}/results": "result"};
  if (request.method !== "POST" || !posts[shape]) throw new Refusal(405, "invaliddata", "not allowed here");
  const db = tenants[session(request, ["gradebook.createpost"]).tenant], made = posts[shape];
  const parent = {"classes": "class", "schools": "school", "lineItems": "lineItem"}[steps[0]];
  if (!db[LINKS[parent]].has(steps[1]) || (steps[3] && steps[2] === "academicSessions" && !db.academicSessions.has(steps[3]))) throw unknown();
  const given = wrapped(parsed(), PLURAL[made]);
  if (!Array.isArray(given) || !given.length) throw wrong(`${PLURAL[made]} must be a list`);
  const ready = given.map((one) => {
    const kept = sound(db, made, one);
    if (!kept.sourcedId) throw wrong("an object needs an id of its sender");
    const belongs = kept[parent]?.sourcedId ?? (made === "result" && parent === "class" ? db.lineItems.get(kept.lineItem.sourcedId).class.sourcedId : undefined);
    if (belongs !== steps[1]) throw wrong(`${made} belongs to another ${parent}`);
    return kept;
  });
  const pairs = ready.map((kept) => {
    const id = `${steps[1].split("~")[0]}~${made}~${process.hrtime.bigint().toString(36)}`;
    store(db, made, id, kept);
    return {suppliedSourcedId: kept.sourcedId, allocatedSourcedId: id};
  });
  send(response, 201, {sourcedIdPairs: slip("pairs-reversed") ? pairs.map((p) => ({suppliedSourcedId: p.allocatedSourcedId, allocatedSourcedId: p.suppliedSourcedId})) : pairs});
}

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    const body = Buffer.concat(chunks).toString("utf8");
    try {
      const url = new URL(request.url, `http://${request.headers.host}`);
      if (url.pathname === "/login/token") {
        if (request.method !== "POST") return send(response, 405, {error: "invalid_request"}, {Allow: "POST"});
        return issue(request, response, body);
      }
      const [service, base] = Object.entries(BASE).find(([, start]) => url.pathname.startsWith(`${start}/`)) ?? [];
      if (!service) return refuse(response, unknown());
      const path = url.pathname.slice(base.length + 1);
      if (["GET", "HEAD"].includes(request.method)) return read(request, response, service, path, url);
      session(request); // whoever is nobody is told nothing else
      if (service !== "gradebook") return refuse(response, new Refusal(405, "invaliddata", "only reads here"), {Allow: "GET, HEAD"});
      return write(request, response, path, body);
    } catch (error) {
      if (error instanceof URIError) return refuse(response, unknown());
      if (!(error instanceof Refusal)) console.error(error);
      refuse(response, error instanceof Refusal ? error : new Refusal(500, "internal_server_error", "something went wrong"));
    }
  });
}).listen(0, "127.0.0.1", function () {
  const url = `http://127.0.0.1:${this.address().port}`;
  console.log(JSON.stringify({url, token: `${url}/login/token`, bases: Object.fromEntries(Object.entries(BASE).map(([name, path]) => [name, url + path]))}));
});
