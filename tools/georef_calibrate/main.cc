// sightline-georef-calibrate: learns the font of a burned-in overlay.
#include <iostream>

#include "tools/georef_calibrate/calibrate_command.h"
#include "tools/georef_calibrate/tesseract_proposer.h"

int main(int argc, char** argv) {
  return sightline::georef::RunCalibrate({argv + 1, argv + argc},
                                         sightline::georef::TesseractProposer(),
                                         std::cout, std::cerr);
}
