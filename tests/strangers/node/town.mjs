// The data of a small invented municipality with two languages; every person is made of words that are no names.

const pad = (n, width = 3) => String(n).padStart(width, "0");
const DAY = 86_400_000;

/** Records of one tenant by collection, each in the order in which it was entered. `code` begins all its ids. */
export function town(code, pupilsPerClass) {
  const data = Object.fromEntries(
    ["orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics", "resources",
     "categories", "scoreScales", "lineItems", "results", "assessmentLineItems", "assessmentResults"]
      .map((name) => [name, new Map()]));
  let entered = Date.UTC(2026, 5, 1, 6, 30, 0, 0);
  const add = (collection, id, fields) => {
    entered += 61_007;
    const record = {sourcedId: id, status: "active", dateLastModified: new Date(entered).toISOString(), ...fields};
    data[collection].set(id, record);
    return record;
  };
  const ref = (type, id) => ({type, sourcedId: id});
  const id = (...parts) => [code, ...parts].join("~");

  // --- where ---
  const district = id("kunta");
  const schools = [["lank", "Koekylän alakoulu", "SK0101"], ["svensk", "Provby skola", "SK0102"], ["lukio", "Koekylän lukio", "SK0901"]]
    .map(([key, name, number]) => ({key, id: id("koulu", key), name, number}));
  add("orgs", district, {name: "Koekylä – Provby", type: "district", identifier: `K${code}`, children: schools.map((s) => ref("org", s.id))});
  for (const s of schools) add("orgs", s.id, {name: s.name, type: "school", identifier: s.number, parent: ref("org", district)});
  add("orgs", id("ip"), {name: "Iltapäivätoiminta", type: "ext:afternoon-care", identifier: "IP", parent: ref("org", district)});
  data.orgs.get(district).children.push(ref("org", id("ip")));

  // --- when ---
  const year = id("lv", "2027");
  const session = (key, title, type, startDate, endDate, parent) =>
    add("academicSessions", key, {title, startDate, endDate, type, schoolYear: "2027", ...(parent && {parent: ref("academicSession", parent)})});
  session(year, "Lukuvuosi 2026–2027", "schoolYear", "2026-08-01", "2027-08-01");
  session(id("sl"), "Syyslukukausi", "semester", "2026-08-11", "2026-12-23", year);
  session(id("kl"), "Kevätlukukausi", "term", "2027-01-07", "2027-06-06", year);
  data.academicSessions.get(year).children = [ref("academicSession", id("sl")), ref("academicSession", id("kl"))];
  const periods = [[1, "2026-08-11", "2026-10-05"], [2, "2026-10-05", "2026-12-23"]];
  for (const [n, a, b] of periods) session(id("jakso", n), `${n}. jakso`, "gradingPeriod", a, b, id("sl"));
  session(id("jakso", 3), "3. jakso", "gradingPeriod", "2027-01-07", "2027-03-15", id("kl"));
  data.academicSessions.get(id("sl")).children = periods.map(([n]) => ref("academicSession", id("jakso", n)));
  data.academicSessions.get(id("kl")).children = [ref("academicSession", id("jakso", 3))];

  // --- what ---
  const subjects = [["MA", "Matematiikka"], ["AI", "Äidinkieli ja kirjallisuus"], ["YM", "Ympäristöoppi"]];
  for (const [key, title] of subjects) {
    add("courses", id("oppiaine", key), {title, courseCode: key, subjects: [title], subjectCodes: [key], org: ref("org", district), schoolYear: ref("academicSession", year)});
  }
  add("courses", id("oppiaine", "LV"), {title: "Luokanvalvonta", courseCode: "LV"});
  const materials = ["atlas", "tehtävät", "ordlista"].map((word, n) =>
    add("resources", id("aineisto", n), {title: `Aineisto: ${word}`, vendorResourceId: `kustantaja/${word}`, roles: n ? ["student", "teacher"] : ["teacher"], importance: n ? "secondary" : "primary"}));
  data.courses.get(id("oppiaine", "MA")).resources = [ref("resource", materials[1].sourcedId)];

  // --- who ---
  const words = ["Kaarna", "Lehvä", "Öylätti", "Åkerbär", "Usva", "Tyven", "Havu", "Sompa", "Ääri", "Zenit", "Wanha", "Kivi-Kuura"];
  const last = ["Koekäs", "Testström", "Malliö", "von Prov", "Esimerkki", "Näyte", "O’Koe", "Testinen"];
  let persons = 0;
  const person = (kind, role, org, more = {}) => {
    const n = persons++;
    const key = id("h", pad(n));
    return add("users", key, {
      enabledUser: n % 11 === 10 ? "false" : "true",
      givenName: words[(n * 5) % words.length], familyName: last[(n * 3) % last.length],
      username: `${kind}${pad(n)}`, userIds: [{type: "tunnus", identifier: `${code}-${n}`}],
      roles: [{roleType: "primary", role, org: ref("org", org), beginDate: "2026-08-01"}], primaryOrg: ref("org", org), ...more,
    });
  };
  person("paak", "districtAdministrator", district);
  const joint = person("ope", "teacher", schools[0].id);
  joint.roles.push({roleType: "primary", role: "teacher", org: ref("org", schools[1].id)});

  const enrol = (user, cls, school, role, more = {}) =>
    add("enrollments", id("i", pad(data.enrollments.size, 4)), {role, user: ref("user", user.sourcedId), class: ref("class", cls), school: ref("org", school), ...more});

  // --- groups ---
  schools.forEach((school, at) => {
    for (const grade of at === 2 ? ["L1"] : ["3", "4"]) {
      const teacher = person("ope", "teacher", school.id, {email: `ope${persons}@koe.invalid`});
      const home = id("r", school.key, grade);
      const terms = [ref("academicSession", id("sl")), ref("academicSession", id("kl"))];
      add("classes", home, {title: `${grade}A`, classType: "homeroom", grades: [grade], course: ref("course", id("oppiaine", "LV")), school: ref("org", school.id), terms});
      enrol(teacher, home, school.id, "teacher", {primary: "true"});
      const pupils = [];
      for (let n = 0; n < pupilsPerClass; n++) {
        const pupil = person("opp", "student", school.id, {grades: [grade]});
        pupils.push(pupil);
        enrol(pupil, home, school.id, "student", {beginDate: "2026-08-11", endDate: "2027-06-06"});
        add("demographics", pupil.sourcedId, {birthDate: `201${7 - at * 3}-0${1 + (n % 9)}-1${n % 10}`, sex: ["female", "male", "unspecified"][n % 3]});
        if (n % 4 === 0) {
          const carer = person("hu", "guardian", school.id, {agents: [ref("user", pupil.sourcedId)], phone: `+358 00 000 0${pad(persons)}`});
          pupil.agents = [ref("user", carer.sourcedId)];
        }
      }
      for (const [key, title] of subjects) {
        const cls = id("r", school.key, grade, key);
        add("classes", cls, {
          title: `${title} ${grade}A`, classCode: `${key}.${grade}`, classType: "scheduled", grades: [grade], subjects: [title], subjectCodes: [key],
          periods: ["ma 8.15", "ke 10.00"], course: ref("course", id("oppiaine", key)), school: ref("org", school.id), terms: terms.slice(0, 1),
          ...(key === "MA" && {resources: [ref("resource", materials[0].sourcedId)], location: "B 214"}),
        });
        enrol(key === "AI" && at < 2 ? joint : teacher, cls, school.id, "teacher", {primary: "true"});
        pupils.forEach((pupil, n) => n === 1 && key === "YM" || enrol(pupil, cls, school.id, "student"));
        if (key === "MA") grades(cls, school.id, pupils);
      }
    }
  });
  data.users.values().next().value.resources = [ref("resource", materials[2].sourcedId)];

  // --- marks ---
  function grades(cls, school, pupils) {
    const scale = id("as", cls.slice(code.length + 1));
    add("scoreScales", scale, {title: "Arvosanat 4–10", type: "arvosana", class: ref("class", cls), scoreScaleValue: [4, 5, 6, 7, 8, 9, 10].map((n) => ({itemValueLHS: String(n), itemValueRHS: String(n)}))});
    const category = id("lk", "koe");
    if (!data.categories.has(category)) add("categories", category, {title: "Kokeet", weight: 60});
    for (const n of [1, 2]) {
      const item = id("koe", cls.slice(code.length + 1), n);
      add("lineItems", item, {
        title: `${n}. koe`, assignDate: `2026-09-0${n}T05:00:00.000Z`, dueDate: `2026-09-1${n}T12:00:00.000Z`, class: ref("class", cls), school: ref("org", school),
        category: ref("category", category), academicSession: ref("academicSession", id("sl")), gradingPeriod: ref("academicSession", id("jakso", 1)),
        scoreScale: ref("scoreScale", scale), resultValueMin: 4, resultValueMax: 10,
      });
      pupils.forEach((pupil, k) => {
        if (k % 5 === 4) return;
        add("results", id("tulos", data.results.size), {
          lineItem: ref("lineItem", item), student: ref("user", pupil.sourcedId), class: ref("class", cls), scoreStatus: k % 3 ? "fully graded" : "partially graded",
          score: 4 + ((k * 7 + n) % 25) / 4, scoreDate: `2026-09-1${n + 3}`, ...(k === 2 && {comment: "Hyvää työtä – ”mallikas”."}),
        });
      });
    }
    const test = id("arviointi", cls.slice(code.length + 1));
    add("assessmentLineItems", test, {title: "Lukuseula", class: ref("class", cls), resultValueMin: 0, resultValueMax: 50});
    pupils.slice(0, 3).forEach((pupil, k) => add("assessmentResults", id("seula", data.assessmentResults.size), {
      assessmentLineItem: ref("assessmentLineItem", test), student: ref("user", pupil.sourcedId), score: 31.5 + k, scorePercentile: 40 + k, scoreDate: "2026-10-01", scoreStatus: "fully graded",
    }));
  }

  // --- what has left: kept for those who read changes ---
  const [gone] = [...data.enrollments.values()].slice(-1);
  Object.assign(gone, {status: "tobedeleted", dateLastModified: new Date(entered + DAY).toISOString()});
  return data;
}
