"""A shop owner signs her company up, is sent back once, is approved, and lets a colleague in."""

from playwright.sync_api import expect

from tests.journeys.conftest import sign_in

OWNER = "amei@amei-noodles.example"
COLLEAGUE = "ajie@amei-noodles.example"
PASSWORD = "steamed bamboo basket noon"


def register(page, house, name, email):
    page.goto("/register")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/register/done")
    page.goto(house.link_in_mail(email, "/verify/"))


def test_from_signing_up_to_a_colleague(house, visit):
    owner = visit(None)
    register(owner, house, "陳阿美", OWNER)
    owner.goto("/")
    owner.get_by_role("link", name="Sign up your organisation").first.click()

    # A wrong number is said beside its field; what was typed stays.
    owner.get_by_label("Name in Chinese").fill("阿美麵店有限公司")
    owner.get_by_label("Name in English").fill("Amei Noodle Shop")
    owner.get_by_label("Unified business number").fill("99910018")
    owner.get_by_label("Industry").select_option(label="Smart business services")
    owner.get_by_label("County or city").select_option(label="Kaohsiung City")
    owner.get_by_label("Website").fill("www.amei-noodles.example")
    owner.get_by_role("button", name="Apply").click()
    expect(owner.locator("#tax_id-error")).to_contain_text("cannot exist")
    expect(owner.get_by_label("Name in Chinese")).to_have_value("阿美麵店有限公司")
    owner.get_by_label("Unified business number").fill("99910017")
    # Her account's own address is proven already; the shop's office has another one.
    owner.get_by_label("Your mail address there").fill("office@amei-noodles.example")
    owner.get_by_role("button", name="Apply").click()
    owner.wait_for_url("**/company/amei-noodle-shop")
    expect(owner.get_by_text("Waiting since")).to_be_visible()
    expect(owner.get_by_text("has not been opened yet")).to_be_visible()
    owner.goto(house.link_in_mail("office@amei-noodles.example", "/company/contact/"))
    expect(owner.get_by_text("mail domain is proven")).to_be_visible()
    stranger = visit(None)
    assert stranger.goto("/companies/amei-noodle-shop").status == 404

    # The officer sends it back, in Chinese, with what is missing.
    officer = visit("fang@programme.example", language="zh-Hant-TW")
    officer.goto("/companies/approvals?standing=waiting")
    officer.get_by_role("link", name="阿美麵店有限公司").click()
    expect(officer.get_by_text("郵件網域已驗證")).to_be_visible()
    officer.get_by_label("退回補件").check()
    officer.get_by_label("理由").fill("請附上公司登記文件。")
    officer.get_by_role("button", name="決定").click()
    officer.wait_for_url("**/companies/approvals")

    owner.goto("/")
    owner.get_by_role("link", name="Something is missing in the application").click()
    expect(owner.get_by_text("請附上公司登記文件。").first).to_be_visible()
    owner.set_input_files(
        "input[name=file]",
        {"name": "registration.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 shop"},
    )
    owner.get_by_role("button", name="Add the file").click()
    expect(owner.get_by_role("link", name="registration.pdf")).to_be_visible()
    owner.get_by_role("link", name="Correct and apply again").click()
    owner.get_by_role("button", name="Apply again").click()
    expect(owner.get_by_text("Waiting since")).to_be_visible()

    officer.goto("/companies/approvals/amei-noodle-shop")
    with officer.expect_download() as paper:
        officer.get_by_role("link", name="registration.pdf").click()
    assert paper.value.suggested_filename == "registration.pdf"
    officer.get_by_label("核准", exact=True).check()
    officer.get_by_role("button", name="決定").click()
    officer.wait_for_url("**/companies/approvals")

    # The owner writes the page; everybody reads it.
    owner.goto("/company")
    expect(owner.get_by_text("Approved on")).to_be_visible()
    owner.get_by_role("link", name="Public page", exact=True).click()
    owner.get_by_label("About us, in English").fill("Beef noodles since 1987.")
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_text("Your page is changed.")).to_be_visible()
    stranger.goto("/companies?q=Amei")
    stranger.get_by_role("link", name="Amei Noodle Shop").click()
    expect(stranger.get_by_text("Beef noodles since 1987.")).to_be_visible()

    # A colleague's address of the proven domain makes her an employee; she asks for more.
    colleague = visit(None)
    register(colleague, house, "林阿杰", COLLEAGUE)
    colleague.goto("/companies/amei-noodle-shop/join")
    colleague.get_by_label("As").select_option(label="Representative")
    colleague.get_by_role("button", name="Ask").click()
    expect(colleague.get_by_text("The owners are told.")).to_be_visible()
    owner.goto("/company/amei-noodle-shop/people")
    owner.get_by_role("button", name="Let in").click()
    expect(owner.get_by_text("now belongs to your organisation")).to_be_visible()
    colleague.goto("/company")
    expect(colleague.get_by_text("Approved on")).to_be_visible()

    # Suspended: the page is gone, and the desk says why.
    officer.goto("/companies/approvals/amei-noodle-shop")
    officer.get_by_label("停權").check()
    officer.get_by_label("理由").fill("A student complained.")
    officer.get_by_role("button", name="決定").click()
    officer.wait_for_url("**/companies/approvals")
    assert stranger.goto("/companies/amei-noodle-shop").status == 404
    colleague.goto("/company")
    expect(colleague.get_by_text("A student complained.").first).to_be_visible()

    back = visit(None)
    sign_in(back, OWNER, PASSWORD)
    expect(back.get_by_role("link", name="Company", exact=True)).to_be_visible()
