# Writes report.css and report.js of FOLDER as C++ into OUTPUT; see
# report_assets.h.
set(code "#include \"tools/sightline/report/report_assets.h\"
namespace sightline::cli {
")
foreach(name style script)
  if(name STREQUAL style)
    set(file ${FOLDER}/report.css)
    set(function ReportStyle)
  else()
    set(file ${FOLDER}/report.js)
    set(function ReportScript)
  endif()
  file(READ ${file} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND code "namespace {
const unsigned char k_${name}[] = {${bytes}};
}  // namespace
absl::string_view ${function}() {
  return {reinterpret_cast<const char*>(k_${name}), ${size}};
}
")
endforeach()
file(WRITE ${OUTPUT} "${code}}  // namespace sightline::cli\n")
