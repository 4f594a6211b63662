/* SPDX-FileCopyrightText: 2026 The sockarch authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

void test_headers_and_library_agree () {
  assert_cmpuint (Sockarch.get_major_version (), CompareOperator.EQ, Sockarch.MAJOR_VERSION);
  assert_cmpuint (Sockarch.get_minor_version (), CompareOperator.EQ, Sockarch.MINOR_VERSION);
  assert_cmpuint (Sockarch.get_micro_version (), CompareOperator.EQ, Sockarch.MICRO_VERSION);
}

void test_namespace () {
  assert_cmpstr (typeof (Sockarch.Socket).name (), CompareOperator.EQ, "SaSocket");
}

int main (string[] args) {
  Test.init (ref args);
  Test.add_func ("/version/headers-and-library-agree", test_headers_and_library_agree);
  Test.add_func ("/version/namespace", test_namespace);
  return Test.run ();
}
