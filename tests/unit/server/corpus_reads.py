"""The addresses that the corpus reads, one a line; what stands in braces is known of the server without faults."""

GETS = """
/users?limit=3
/users?limit=3&offset=3
/users?limit=3&offset=6
/users?limit=100&offset=5000
/orgs
/academicSessions
/enrollments?limit=10&offset=2000
/gradingPeriods?limit=2
/terms
/schools
/students?limit=20
/courses?limit=5
/classes?limit=5
/demographics?limit=5
/demographics/{demographics}
/terms/{term}
/schools/{school}
/classes/{class}
/users/{student}
/users/{guardian}
/teachers/{student}
/users/{protected}
/users/{stranger}
/users/no-such-user
/nowhere
/schools/{school}/students?limit=3
/schools/{school}/students?limit=3&filter=familyName='{nordic}'
/schools/{school}/students?limit=3&sort=familyName&orderBy=desc
/schools/{other_school}/teachers
/schools/{school}/classes/{class}/students
/schools/{other_school}/classes/{class}/students
/schools/{strange_school}/students?limit=3
/schools/no-such-school/classes?limit=3
/classes/{class}/teachers
/classes/{protected_class}/students
/classes/{left_class}/students
/terms/{term}/classes?limit=3
/users?limit=3&filter=status='active'
/users?limit=3&offset=3&filter=status='active'
/users?limit=3&filter=nothing='x'
/users?limit=3&filter=nothing='x' OR status='active'
/users?limit=3&filter=status=active
/users?filter=givenName='Aino' AND familyName='Esimerkki'
/users?filter=dateLastModified>='2026-10-01T00:00:00Z' AND dateLastModified<'2026-10-03T00:00:00Z'
/users?filter=dateLastModified>'2026-11-20T10:00:00Z'
/users?filter=dateLastModified>='{stamp}'
/users?filter=dateLastModified>='{stamp_elsewhere}'
/users?filter=dateLastModified>'2026-11-01'
/courses?filter=title='a AND b'
/users?limit=3&filter=familyName~'Esi'
/users?limit=3&filter=familyName~'mer'
/users?limit=3&filter=familyName~'_'
/users?limit=3&filter=familyName='{nordic}'
/users?limit=3&filter=familyName='{folded}'
/users?limit=3&filter=familyName!='Esi'
/users?limit=3&filter=email!='x'
/users?limit=3&filter=email~'@'
/users?limit=3&filter=status='nothing'
/users?limit=3&filter=familyName~'{long}'
/users?limit=3&filter=givenName='Aino'+AND+familyName='Esimerkki'
/users?limit=3&filter=familyName~'%2525'
/academicSessions?filter=startDate<'{start}'
/academicSessions?filter=startDate>='{start}'
/students?limit=3&filter=givenName='Aino' OR status='active'
/orgs?filter=name='x' OR status='active'
/teachers?filter=roles.role='guardian'
/courses?filter=grades='09'
/users?limit=5&sort=familyName
/users?limit=5&sort=familyName&orderBy=desc
/users?limit=5&offset=20&sort=familyName&orderBy=desc&filter=familyName~'ö'
/users?limit=40&offset=40&sort=givenName
/users?limit=5&sort=dateLastModified
/users?limit=5&sort=email
/users?limit=5&sort=nothing
/users?limit=5&fields=givenName,roles
/users?limit=5&fields=nothing
/users?limit=5&fields=givenName&fields=familyName
/users/{student}?fields=givenName
/users?limit=0
/users?limit=-1
/users?limit=99999999999
//users//?limit=3
/users
/enrollments?limit=500&offset=0
/users?limit=100&offset=700
/schools/{school}/students
/teachers
"""

GETS_V1P1 = """
/users?limit=50
/users?limit=50&offset=50
/users?limit=50&offset=700
/users?filter=role='administrator'
/users?filter=role='teacher'
/users?limit=3&filter=roles.role='teacher'
/users?limit=3&filter=nothing='x'
/users?limit=3&fields=role,nothing
/users?limit=3&fields=role,orgs
/users?limit=3&fields=
/users?limit=3&sort=nothing
/users/no-such-user
/orgs
/academicSessions
/classes?limit=200
/enrollments?limit=500&filter=status='tobedeleted'
/demographics?limit=400
/lineItems?limit=400
/results?limit=500&offset=0
/categories
/classes/{class}/students
/results?limit=3&offset=100000
/results?limit=3&filter=scoreStatus='fully graded'
/results/{class}
/results?limit=3&filter=scoreStatus='fully graded'&fields=score
"""
